"""The commands, one file per command.

A command reads its options, calls the engine, renders the result and returns the exit code.
"""
