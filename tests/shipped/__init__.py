"""What users get: the archives, and the installations that the pages show."""
