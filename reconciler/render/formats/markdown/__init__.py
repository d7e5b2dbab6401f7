"""The neutral tree as GitHub's Markdown."""
