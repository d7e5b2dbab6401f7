"""The review of a plan: its sections, changes, messages and summary."""
