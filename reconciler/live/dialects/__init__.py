"""The dialects, with one module for each dialect. No dialect imports another dialect."""
