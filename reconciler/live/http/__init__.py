"""The HTTP client: proxies, TLS, retries, limits and errors of one exchange."""
