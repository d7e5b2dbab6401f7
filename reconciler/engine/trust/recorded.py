"""The search for a pair of a secret and a host in a state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler import address
from reconciler.config.gateway import Endpoint, Gateway
from reconciler.engine.trust.contents import folders_of
from reconciler.engine.trust.pairs import WantedPair, tenant_of
from reconciler.files.working_tree import is_led_by_link
from reconciler.presets.load import names
from reconciler.resources.attributes import EndpointAttributes, TlsAttributes
from reconciler.resources.resource import Recorded
from reconciler.resources.urls import origin
from reconciler.secrets.reference import FileReference


def is_recorded(gateway: Gateway, recorded: Recorded, want: WantedPair) -> bool:
    """Return true if the records have the pair, under the endpoint's present or former name."""
    endpoint = gateway.endpoints.get(want.endpoint)
    if endpoint is None:
        return False
    former = [name for name in (endpoint.name, gateway.names_before.get(endpoint.name)) if name]
    resource = next((recorded[at] for name in former if (at := address.endpoint(name)) in recorded), None)
    if (
        resource is None
        or not is_same_place(endpoint, resource.as_endpoint)
        or not _is_same_ca(endpoint, resource.facts)
    ):
        return False
    return _is_same(endpoint, resource.as_endpoint, want) and not _is_led(endpoint, want, folders_of(endpoint, gateway))


def is_same_place(endpoint: Endpoint, before: EndpointAttributes) -> bool:
    """Return true if the endpoint's secrets are sent only where the recorded endpoint sends its secrets."""
    url = before.base_url
    if (origin(endpoint.base_url), tenant_of(endpoint)) != (origin(url), tenant_of(endpoint, url)):
        return False
    if not _is_vendors(endpoint, before.preset) and endpoint.base_url != url:
        return False
    ca_file = endpoint.tls.ca_file.path if endpoint.tls and endpoint.tls.ca_file else None
    return endpoint.proxy in (None, before.proxy) and ca_file in (None, before.tls and before.tls.ca_file)


def _is_same_ca(endpoint: Endpoint, before: Mapping[str, Any]) -> bool:
    """Return true if the content of the endpoint's CA file is the same as when it was recorded.

    Also return true if a pull cannot change the file, or if the endpoint has no CA file.
    """
    trusted = endpoint.tls.ca_file if endpoint.tls else None
    return trusted is None or trusted.content in ("", before.get("ca_content"))


def _is_led(endpoint: Endpoint, want: WantedPair, folders: Sequence[str]) -> bool:
    """Return true if a link that a pull can change selects the file to send. Records contain only the path."""
    return any(is_led_by_link(path, *folders) for path in _files(endpoint, want.what))


def _files(endpoint: Endpoint, what: str) -> list[str]:
    if what == "client certificate" and endpoint.tls:
        return [file.resolved for file in (endpoint.tls.client_cert, endpoint.tls.client_key) if file]
    named = {f"header {name}": file for name, file in endpoint.header_references} | {"key": endpoint.key}
    reference = named.get(what)
    return [reference.resolved] if isinstance(reference, FileReference) else []


def _is_vendors(endpoint: Endpoint, before: str | None) -> bool:
    """Return true if a built-in preset defines the path of the tenant. A custom preset can change with the file."""
    return endpoint.preset.builtin and (before is None or before in names())


def _is_same(endpoint: Endpoint, before: EndpointAttributes, want: WantedPair) -> bool:
    now = endpoint.attributes
    kind, _, header = want.what.partition(" ")
    if kind == "header":
        return now.headers[header] == before.headers.get(header)
    if want.what == "client certificate":
        return _client_files(now.tls) == _client_files(before.tls)
    is_kept = want.what != "kept key" or bool(before.store_key)
    return is_kept and now.key == before.key


def _client_files(tls: TlsAttributes | None) -> tuple[str | None, str | None]:
    return (tls.client_cert, tls.client_key) if tls else (None, None)
