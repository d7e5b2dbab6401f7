"""The format for GitHub's Markdown."""
