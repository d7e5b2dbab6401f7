"""Requests to endpoints: the HTTP client, the dialects, the connection test, model lists and chat."""
