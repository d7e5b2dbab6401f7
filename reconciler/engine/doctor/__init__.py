"""The checks of `gwctl doctor`. No check sends the key of an endpoint."""
