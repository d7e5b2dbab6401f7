"""An endpoint as a resource: what of the gateway file is recorded and compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler import address
from reconciler.config.gateway import Endpoint
from reconciler.resources.resource import Resource


def endpoint_resource(endpoint: Endpoint, facts: Mapping[str, Any]) -> Resource:
    """The desired resource of a configured endpoint; holds references, never a key nor a header's value."""
    discover = endpoint.discover
    attributes = {
        "base_url": endpoint.base_url,
        "preset": endpoint.preset.id or None,
        "dialect": endpoint.preset.dialect,
        "key": endpoint.key.as_data() if endpoint.key else None,
        "headers": {name: value.as_data() for name, value in endpoint.headers},
        "timeout": endpoint.timeout,
        "discover": {
            "enabled": discover.enabled,
            "include": list(discover.include),
            "exclude": list(discover.exclude),
        },
        "store_key": endpoint.store_key,
        "protect": endpoint.protect,
        "tls": endpoint.tls.as_data() if endpoint.tls else None,
        "proxy": endpoint.proxy,
    }
    return Resource(address.endpoint(endpoint.name), attributes, facts)
