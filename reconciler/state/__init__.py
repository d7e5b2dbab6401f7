"""The state: the document, the codec, and the stores that hold it."""
