"""The files of tools as an owned kind: where a file is, what it is to contain, and what an edit replaces."""
