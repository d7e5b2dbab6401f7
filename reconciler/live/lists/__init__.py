"""Model lists: read while they come, page by page."""
