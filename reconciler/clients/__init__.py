"""The tools whose configuration gwctl writes. Each tool has a module. The modules do not read or write files."""
