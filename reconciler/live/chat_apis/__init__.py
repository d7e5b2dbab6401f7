"""The chat APIs that more than one dialect speaks, and the parts that answers are made of."""
