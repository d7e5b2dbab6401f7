"""The functions that find the desired resources from the gateway file, the model lists and the records."""
