"""From the gateway file, the lists and the records to what is desired."""
