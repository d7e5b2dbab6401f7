"""The saved plan: the format of its file, and the reasons to refuse an apply of the plan."""
