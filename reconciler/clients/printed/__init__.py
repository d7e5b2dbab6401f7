"""What `gwctl export` prints for tools that no file of gwctl can configure: variables of a server, or steps."""
