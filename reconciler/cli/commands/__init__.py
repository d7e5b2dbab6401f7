"""One file per command: it reads the options, calls the engine, renders the result and returns the exit code."""
