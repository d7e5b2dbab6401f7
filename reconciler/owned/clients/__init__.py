"""The files of tools as an owned kind: their paths, their wanted content, and the content that an edit replaces."""
