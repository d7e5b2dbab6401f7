"""Commands that print keys: the commands in a gateway file, and the command that gwctl writes into tools' files."""
