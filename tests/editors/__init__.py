"""The schema of the gateway file, as editors and other checkers of YAML use it."""
