"""The planning of owned resources, such as entries in the keychain."""
