"""The gateway file: strict YAML, schema, overlays and variables, and the resulting `Gateway`."""
