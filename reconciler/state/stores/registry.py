"""From a state's URL to its store; each is imported only when its URL is there."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from reconciler.diagnostics import error
from reconciler.errors import Failed
from reconciler.secrets.binding import Binding
from reconciler.state.stores.credential import Credential
from reconciler.state.stores.http_exchange import Exchange
from reconciler.state.stores.offline import ClosedStore
from reconciler.state.stores.passwords import check_passwords
from reconciler.state.stores.store import Store
from reconciler.store_url import SCHEMES, fault_of, is_remote, scheme_of, store_of


def open_store(
    url: str,
    directory: Path,
    environ: Mapping[str, str],
    exchange: Exchange,
    binding: Binding | None = None,
    offline: bool = False,
) -> Store:
    """The store of that URL, or of a bare path; a relative path begins at `directory`.

    `binding` lets the store send its credential, where it has one. `offline` leaves a store on another machine closed,
    and its driver unimported.
    """
    refuse_faulty(url)
    if offline and is_remote(url):
        return ClosedStore(url)
    check_passwords(store_of(url).variables, environ)
    opened: Callable[..., Store] = _module(url).opened
    arguments = (url, directory, environ, binding)
    return opened(*arguments, exchange) if store_of(url).speaks_http else opened(*arguments)


def credential_of(url: str, environ: Mapping[str, str]) -> Credential | None:
    """Return the credential that opening that store would send, and where to; None without one. Asks nobody."""
    refuse_faulty(url)
    credential: Credential | None = _module(url).credential_of(url, environ)
    return credential


def canonical(place: str) -> str:
    """Return the one form of a place that any gwctl has recorded, by which two records are compared."""
    if (scheme_of(place) or "file") not in SCHEMES:
        return place
    form: str = _module(place).canonical(place)
    return form


def _module(url: str) -> Any:
    return importlib.import_module(f"reconciler.state.stores.{store_of(url).room}.store")


def refuse_faulty(url: str) -> None:
    fault = fault_of(url)
    if fault:
        raise Failed(
            error(
                fault.code, fault.summary[:1].upper() + fault.summary[1:], detail="Nothing was done.", hint=fault.hint
            )
        )
