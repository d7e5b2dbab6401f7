"""The configurations of other tools, for `gwctl init --from`. Each module reads one kind of configuration file."""
