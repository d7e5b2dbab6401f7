"""The consents: which secrets may be sent to which hosts, and who agreed."""
