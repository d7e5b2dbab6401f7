"""The neutral tree as one self-contained page."""
