"""The models of a team, for a Python program: found, read and turned into the keywords of SDKs.

This room needs only the standard library, so that a program needs no other library of gwctl.
"""
