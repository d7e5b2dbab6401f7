"""The store that keeps a state in a file."""
