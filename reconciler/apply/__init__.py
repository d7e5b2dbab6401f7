"""The apply of a plan: the functions that write the state, the ledger and the owned resources."""
