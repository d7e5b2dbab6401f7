"""The facts of each vendor and server, as data."""
