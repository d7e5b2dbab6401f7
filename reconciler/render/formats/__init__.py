"""The formats that print the neutral tree: text, Markdown and HTML."""
