"""The metrics of a plan, and their text."""
