"""The HTTP client, and all that one exchange needs."""
