"""The resolved file (for programs) and the status (for people) of an applied gateway file."""
