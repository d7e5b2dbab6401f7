"""The views of this machine: stored keys, tools, the status."""
