"""Building the `Gateway` from a checked tree: one module for each part of the file."""
