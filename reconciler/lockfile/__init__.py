"""The lock file: which models each endpoint listed when somebody looked, reviewed and kept in git."""
