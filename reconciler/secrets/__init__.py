"""Key references, keys that cannot be printed, and the code that turns a reference into a key."""
