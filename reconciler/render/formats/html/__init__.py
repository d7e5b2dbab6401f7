"""The HTML format: one self-contained page."""
