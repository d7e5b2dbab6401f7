"""The environment that a tool is run with: which names, which values, and what must not leak in."""
