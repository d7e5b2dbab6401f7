"""The lock file: the model list of each endpoint when `gwctl lock` was run. The file is for review and for git."""
