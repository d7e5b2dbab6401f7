"""The resolving of a gateway file, the model lists and the records into the desired resources."""
