"""The doors to files: those that gwctl makes, and those that somebody names."""
