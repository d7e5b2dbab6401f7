"""Completion in shells: the scripts, and the names that they complete."""
