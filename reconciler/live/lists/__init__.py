"""Model lists, which are read page by page while they arrive."""
