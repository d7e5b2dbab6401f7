"""The ledger: the consents of this machine's user, and the resources that gwctl created on this machine."""
