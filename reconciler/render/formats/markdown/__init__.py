"""The Markdown format, in GitHub's variant of Markdown."""
