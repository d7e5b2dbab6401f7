"""The lock file: the model list of each endpoint when `gwctl lock` was run, for review and for git."""
