"""The models of a team for a Python program.

gwctl finds and reads the models, and turns them into the keywords of SDKs. This room needs only the standard library,
so that a program needs no other library of gwctl.
"""
