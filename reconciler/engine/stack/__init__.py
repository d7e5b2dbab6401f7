"""The gateway file and the state that belongs to it, opened for a run."""
