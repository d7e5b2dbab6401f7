"""The built-in presets: the properties of each vendor and server, as data."""
