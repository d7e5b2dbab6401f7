"""The neutral tree as text, Markdown and HTML."""
