"""The stores of a state: a Protocol, and a folder for each kind of store."""
