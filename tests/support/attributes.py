"""Attributes for tests that care about one or two of them."""

from __future__ import annotations

from typing import Any

from reconciler.resources.attributes import DiscoverAttributes, EndpointAttributes


def endpoint_attributes(**fields: Any) -> EndpointAttributes:
    """An endpoint with no key, no header and no filter, but for these fields."""
    usual = {
        "base_url": "https://a.example",
        "preset": None,
        "dialect": "openai",
        "key": None,
        "headers": {},
        "timeout": 10.0,
        "discover": DiscoverAttributes(enabled=True, include=(), exclude=()),
        "store_key": None,
        "protect": False,
        "tls": None,
        "proxy": None,
    }
    return EndpointAttributes(**{**usual, **fields})
