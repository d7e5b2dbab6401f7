"""The ledger of this machine: the consents of the user, and the resources that gwctl created on this machine."""
