"""The planning of owned resources, such as keychain entries."""
