"""Strict YAML: text becomes a tree of values with their source positions."""
