"""What was applied, for programs and people: the resolved file and the status."""
