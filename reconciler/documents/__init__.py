"""Edits of one value in a user's document: every other byte stays as it was."""
