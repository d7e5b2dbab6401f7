"""Model lists, read page by page while they arrive."""
