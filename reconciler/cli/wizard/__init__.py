"""The questions of `gwctl connect` and `gwctl init`, and the steps between them."""
