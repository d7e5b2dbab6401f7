"""The saved plan: its file format, and the reasons to refuse applying it."""
