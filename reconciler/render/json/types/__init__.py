"""The types of the JSON documents that commands print, with one module per document.

`schemas/` is generated from these types.
"""
