"""The `postgresql` store, which keeps a state in a database."""
