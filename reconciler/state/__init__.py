"""The state of a gateway: the document, the codec, and the stores that hold the document."""
