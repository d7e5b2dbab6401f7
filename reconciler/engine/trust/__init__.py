"""The consents: which secrets may be sent, and who agreed."""
