"""The saved plan: its file, and the reasons not to apply it."""
