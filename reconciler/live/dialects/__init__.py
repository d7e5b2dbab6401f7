"""The dialects: one module each, which knows none of the others."""
