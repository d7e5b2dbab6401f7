"""The state: its document, its codec and the stores that keep it."""
