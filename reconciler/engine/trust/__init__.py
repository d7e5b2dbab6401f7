"""Which secrets may move, and who agreed to it."""
