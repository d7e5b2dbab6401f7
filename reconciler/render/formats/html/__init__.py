"""The HTML format, which prints a document as one page that needs no other file."""
