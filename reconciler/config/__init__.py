"""The gateway file: strict YAML, the schema, overlays and variables, and the `Gateway` that is built from the file."""
