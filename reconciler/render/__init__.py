"""One neutral tree, and the formats it is printed in."""
