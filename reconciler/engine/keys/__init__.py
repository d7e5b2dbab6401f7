"""The keys of one run: read, checked, kept."""
