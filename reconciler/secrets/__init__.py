"""Key references, key values that cannot be printed, and how one becomes the other."""
