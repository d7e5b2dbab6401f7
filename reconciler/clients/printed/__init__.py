"""The texts that `gwctl export` prints for tools whose files gwctl does not write: files, variables or steps."""
