"""The environment of a tool: the names and values to set, and the variables to remove."""
