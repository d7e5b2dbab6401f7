"""Building the `Gateway` from the checked content of a gateway file. Each part of the file has a module."""
