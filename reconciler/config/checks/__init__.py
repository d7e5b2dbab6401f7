"""The checks of a gateway file before values are built from it."""
