"""The fields of an endpoint that concern the network: `proxy` and `tls`."""
