"""The command line of gwctl. Each command is one short file."""
