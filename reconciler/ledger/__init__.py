"""The ledger: what this machine's user has agreed to, and what gwctl made on this machine."""
