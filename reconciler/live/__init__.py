"""The live side: one HTTP client, the dialects, connection test, model lists, smoke chat."""
