"""The tools on this machine: find them, configure them, and explain why a tool does not use the team's endpoint."""
