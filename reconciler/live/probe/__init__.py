"""Reachability of a host, without any key."""
