"""The consents: who agreed that a secret may be sent to a host."""
