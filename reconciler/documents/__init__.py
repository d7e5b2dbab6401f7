"""Edits of one value in a user's document. No other byte changes."""
