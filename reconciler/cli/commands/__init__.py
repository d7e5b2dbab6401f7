"""One file per command: read flags, call the engine, render, exit code."""
