"""Resolving: from the gateway file, the model lists and the records to the desired resources."""
