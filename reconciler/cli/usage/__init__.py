"""Wrong command lines: click's errors as diagnostics, with the words of other tools."""
