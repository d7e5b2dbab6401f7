"""From a checked tree to the Gateway: one module for each part of the file."""
