"""Wrong command lines: click's errors as diagnostics, with hints for users of other tools."""
