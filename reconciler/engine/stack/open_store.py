"""The opening of a state's store. HTTP stores may not import the HTTP client, so this module passes the client."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.state.stores import registry
from reconciler.state.stores.store import Store

if TYPE_CHECKING:
    from reconciler.secrets.binding import Binding
    from reconciler.state.stores.credential import Credential
    from reconciler.state.stores.http_exchange import HttpReply, Request


def open_store(
    url: str, directory: Path, environ: Mapping[str, str], binding: Binding | None = None, offline: bool = False
) -> Store:
    """Return the store at a URL, or at a path relative to `directory`. With `offline`, no remote store is opened."""
    exchange = partial(_exchange, environ=environ)
    return registry.open_store(url, directory, environ=environ, exchange=exchange, binding=binding, offline=offline)


def credential_of(url: str, environ: Mapping[str, str]) -> Credential | None:
    """Return the credential that opening the store would send, and the server that would receive it."""
    return registry.credential_of(url, environ)


def _exchange(request: Request, environ: Mapping[str, str]) -> HttpReply:
    from reconciler.live.http.store_exchange import exchange

    return exchange(request, environ)
