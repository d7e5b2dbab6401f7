"""The dialects: one module for each. No dialect imports another dialect."""
