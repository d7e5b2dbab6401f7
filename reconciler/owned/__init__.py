"""The kinds of owned resources. gwctl writes, reads and removes these resources outside its own files.

Each kind has a module.
"""
