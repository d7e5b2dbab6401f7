"""The checks of `gwctl doctor`; no check sends the key of an endpoint."""
