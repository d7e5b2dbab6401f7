"""The attributes that gwctl records and compares for each endpoint of the gateway file."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from reconciler.address import Api
from reconciler.resources.attributes import (
    DiscoverAttributes,
    EndpointAttributes,
    HeaderLiteralAttributes,
    HeaderReference,
    Reference,
)
from reconciler.secrets.header import HeaderLiteral, HeaderValue
from reconciler.secrets.reference import (
    CommandReference,
    EnvReference,
    FileReference,
    KeyReference,
    KeyringReference,
)

if TYPE_CHECKING:
    from reconciler.config.gateway import Endpoint


def endpoint_attributes(endpoint: Endpoint) -> EndpointAttributes:
    """Return the attributes of an endpoint in the gateway file. The attributes contain no keys and no header values."""
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
        tls=endpoint.tls.attributes if endpoint.tls else None,
        proxy=endpoint.proxy,
        apis=_apis(endpoint),
        **endpoint.plain,
    )


def _apis(endpoint: Endpoint) -> tuple[Api, ...] | None:
    """Return the APIs from the gateway file, or else from the endpoint's custom preset.

    For the APIs of a built-in preset, return None.
    """
    own = endpoint.preset.apis if not endpoint.preset.builtin else ()
    return endpoint.written_apis or own or None


def _header(value: HeaderValue) -> HeaderLiteralAttributes | HeaderReference:
    """Return the reference and scheme of a header.

    If the header's value is literal, return a mark instead of the value.
    """
    if isinstance(value, HeaderLiteral):
        return HeaderLiteralAttributes(literal=True)
    scheme: HeaderReference = {"scheme": value.scheme} if value.scheme else {}
    return {**cast("HeaderReference", _reference(value.reference)), **scheme}


def _reference(reference: KeyReference) -> Reference:
    """Return the key reference in the form of the gateway file."""
    match reference:
        case EnvReference():
            return {"env": reference.name}
        case FileReference():
            return {"file": reference.path}
        case CommandReference():
            return {"command": list(reference.argv)}
        case KeyringReference():
            return {"keyring": f"{reference.service}/{reference.account}"}
