"""The reader of strict YAML. It turns text into a tree of values with their source positions."""
