"""The views of what this machine has: stored keys, tools, the status."""
