"""The gateway file: strict YAML, its schema, overlays and variables, and the Gateway they make."""
