"""The tools on this machine.

gwctl finds and configures tools, and explains why a tool does not use the team's endpoint.
"""
