"""The content of CA files that a pull can change. gwctl reads each file once per run, before any consent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

from reconciler.config.gateway import Endpoint, Gateway
from reconciler.engine.options import Options
from reconciler.files.working_tree import content_of


def with_contents(gateway: Gateway, options: Options) -> Gateway:
    """Return the gateway with the digest of each CA file that a pull can change.

    A run that sends no secret does not need the digests.
    """
    beside = {str(gateway.directory), *(str(file.parent) for file in options.files)}
    look = cache(lambda path: content_of(path, *beside))
    return replace(gateway, endpoints={name: _seen(endpoint, look) for name, endpoint in gateway.endpoints.items()})


def folders_of(endpoint: Endpoint, gateway: Gateway) -> tuple[str, str]:
    """Return the directories of the files that define the endpoint."""
    return str(gateway.directory), str(Path(endpoint.source.file).parent)


def _seen(endpoint: Endpoint, look: Callable[[str], str]) -> Endpoint:
    trusted = endpoint.tls.ca_file if endpoint.tls else None
    if endpoint.tls is None or trusted is None:
        return endpoint
    return replace(endpoint, tls=replace(endpoint.tls, ca_file=replace(trusted, content=look(trusted.resolved))))
