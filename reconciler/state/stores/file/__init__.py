"""The `file` store."""
