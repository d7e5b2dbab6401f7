"""The terminal: output, prompts, progress and streams."""
