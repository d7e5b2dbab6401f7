"""The attributes of a configured endpoint that are recorded and compared."""

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
    """Return the attributes of a configured endpoint. They contain references, but no key and no header value."""
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
    """The APIs that the file or its custom preset names; None if the APIs come from a built-in preset."""
    own = endpoint.preset.apis if not endpoint.preset.builtin else ()
    return endpoint.written_apis or own or None


def _header(value: HeaderValue) -> HeaderLiteralAttributes | HeaderReference:
    """Return the header's reference with its scheme. For a literal value, return a mark instead of the value."""
    if isinstance(value, HeaderLiteral):
        return HeaderLiteralAttributes(literal=True)
    scheme: HeaderReference = {"scheme": value.scheme} if value.scheme else {}
    return {**cast("HeaderReference", _reference(value.reference)), **scheme}


def _reference(reference: KeyReference) -> Reference:
    """Return the reference as the gateway file writes it."""
    match reference:
        case EnvReference():
            return {"env": reference.name}
        case FileReference():
            return {"file": reference.path}
        case CommandReference():
            return {"command": list(reference.argv)}
        case KeyringReference():
            return {"keyring": f"{reference.service}/{reference.account}"}
