"""The git hooks of gwctl: finding the repository, and installing and removing the hooks."""
