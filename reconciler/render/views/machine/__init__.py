"""The views of this machine: stored keys, tools, and the status of a gateway file."""
