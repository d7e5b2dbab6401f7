"""The tools of this machine: which are here and in use, how one is added, why one does not use the team's endpoint."""
