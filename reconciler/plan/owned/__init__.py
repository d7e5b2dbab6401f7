"""The plan of what gwctl keeps outside the state: keychain entries."""
