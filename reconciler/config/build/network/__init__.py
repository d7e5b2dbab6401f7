"""The fields of an endpoint about the way to its host: proxy and TLS."""
