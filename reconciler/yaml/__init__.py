"""Strict YAML: a text as a tree of values that know their places."""
