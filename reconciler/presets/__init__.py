"""What gwctl knows about each vendor and server, as data."""
