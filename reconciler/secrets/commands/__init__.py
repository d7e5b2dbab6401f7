"""Commands that print keys: those of a gateway file, and the one that gwctl writes into the files of tools."""
