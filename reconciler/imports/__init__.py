"""The configurations of other tools that `gwctl init --from` reads: one module for each, values in, values out."""
