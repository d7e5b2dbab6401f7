"""The stores of a state: a Protocol, and a room for each kind."""
