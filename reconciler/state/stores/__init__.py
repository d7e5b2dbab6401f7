"""The stores of a state: an interface, and a folder for each kind of store."""
