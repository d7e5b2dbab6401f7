"""The `postgresql` store."""
