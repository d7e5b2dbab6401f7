"""The checks of a gateway file before gwctl builds a `Gateway` from the file."""
