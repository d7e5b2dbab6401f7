"""The keys of one run: read, checked and stored."""
