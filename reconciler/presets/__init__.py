"""The properties of each vendor and server, as data."""
