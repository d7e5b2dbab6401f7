"""An endpoint as a resource: what of the gateway file is recorded and compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from reconciler import address
from reconciler.config.gateway import Endpoint
from reconciler.resources.attributes import (
    DiscoverAttributes,
    EndpointAttributes,
    HeaderLiteralAttributes,
    HeaderReference,
    Reference,
)
from reconciler.resources.resource import Resource
from reconciler.secrets.header import HeaderLiteral, HeaderValue
from reconciler.secrets.reference import (
    CommandReference,
    EnvReference,
    FileReference,
    KeyReference,
    KeyringReference,
)


def endpoint_resource(endpoint: Endpoint, facts: Mapping[str, Any]) -> Resource:
    """The desired resource of a configured endpoint; holds references, never a key nor a header's value."""
    return Resource(address.endpoint(endpoint.name), endpoint_attributes(endpoint), facts)


def endpoint_attributes(endpoint: Endpoint) -> EndpointAttributes:
    """The attributes of a configured endpoint."""
    discover = endpoint.discover
    return EndpointAttributes(
        base_url=endpoint.base_url,
        preset=endpoint.preset.id or None,
        dialect=endpoint.preset.dialect,
        key=_reference(endpoint.key) if endpoint.key else None,
        headers={name: _header(value) for name, value in endpoint.headers},
        timeout=endpoint.timeout,
        discover=DiscoverAttributes(enabled=discover.enabled, include=discover.include, exclude=discover.exclude),
        store_key=endpoint.store_key,
        protect=endpoint.protect,
        tls=endpoint.tls.attributes if endpoint.tls else None,
        proxy=endpoint.proxy,
    )


def _header(value: HeaderValue) -> HeaderLiteralAttributes | HeaderReference:
    """That there is a value, and none of it; or the reference, with the word before the key."""
    if isinstance(value, HeaderLiteral):
        return HeaderLiteralAttributes(literal=True)
    scheme: HeaderReference = {"scheme": value.scheme} if value.scheme else {}
    return {**cast("HeaderReference", _reference(value.reference)), **scheme}


def _reference(reference: KeyReference) -> Reference:
    """The reference as the gateway file spells it."""
    match reference:
        case EnvReference():
            return {"env": reference.name}
        case FileReference():
            return {"file": reference.path}
        case CommandReference():
            return {"command": list(reference.argv)}
        case KeyringReference():
            return {"keyring": f"{reference.service}/{reference.account}"}
