"""The command line; each command is one short file."""
