"""The chat APIs that several dialects share, and the functions that read their responses."""
