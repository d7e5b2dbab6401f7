"""The git hooks of gwctl: the repository, and how its hooks are installed and removed."""
