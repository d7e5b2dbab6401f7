"""The chat APIs that several dialects share, and functions for the parts of their responses."""
