"""Edits of a user's document. An edit changes one value, and no other byte of the document."""
