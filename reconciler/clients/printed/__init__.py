"""The texts that `gwctl export` prints for tools that no file can configure: variables of a server, or steps."""
