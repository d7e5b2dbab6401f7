"""Configurations of other tools, for `gwctl init --from`. Each module reads the content of one kind of file."""
