"""Who gets to see the keys that are sent to an endpoint: its origin, and a proxy that can read along.

A proxy that the gateway file names can read what goes by plain http; and what goes by https, if the file also names a
CA that may vouch for the proxy in the server's place. Both together are as good as another origin.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.config.gateway import Endpoint
from reconciler.resources.urls import is_loopback, origin


def witness_of(endpoint: Endpoint) -> str:
    """Who sees the keys of an endpoint as the gateway file has it, in words."""
    ca_file = endpoint.tls.ca_file.path if endpoint.tls and endpoint.tls.ca_file else None
    return _witness(endpoint.base_url, endpoint.proxy, ca_file)


def recorded_witness(attributes: Mapping[str, Any]) -> str:
    """The same of an endpoint as it is recorded."""
    return _witness(attributes["base_url"], attributes["proxy"], (attributes["tls"] or {}).get("ca_file"))


def is_new(old: str, new: str) -> bool:
    """Whether somebody would see the keys who did not before; to go without a proxy is nobody new."""
    return new not in (old, old.partition(" ")[0])


def _witness(base_url: str, proxy: str | None, ca_file: str | None) -> str:
    seen = origin(base_url)
    secure = base_url.startswith("https:")
    if proxy is None or is_loopback(base_url) or (secure and ca_file is None):
        return seen
    return f"{seen} by the proxy {proxy}" + (f" with the CA {ca_file}" if secure else "")
