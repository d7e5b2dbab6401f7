"""The JSON documents that commands print: one module per document. `schemas/` is made from these types."""
