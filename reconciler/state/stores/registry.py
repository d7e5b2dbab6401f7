"""The function that opens the store for a URL. Only the module of this store is imported."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.diagnostics import error
from reconciler.errors import Failed
from reconciler.state.stores.passwords import check_passwords
from reconciler.state.stores.store import Store
from reconciler.store_url import SCHEMES, fault_of, is_remote, scheme_of, store_of

if TYPE_CHECKING:
    from reconciler.secrets.binding import Binding
    from reconciler.state.stores.credential import Credential
    from reconciler.state.stores.http_exchange import Exchange


def open_store(
    url: str,
    directory: Path,
    environ: Mapping[str, str],
    exchange: Exchange,
    binding: Binding | None = None,
    offline: bool = False,
) -> Store:
    """Return the store for a URL or a path. A relative path starts at `directory`.

    `binding` allows the store to send its credential, if the store has a credential. With `offline`, a store on another
    machine is not opened, and its driver is not imported.
    """
    refuse_faulty(url)
    if offline and is_remote(url):
        from reconciler.state.stores.offline import ClosedStore

        return ClosedStore(url)
    check_passwords(store_of(url).variables, environ)
    opened: Callable[..., Store] = _module(url).opened
    arguments = (url, directory, environ, binding)
    return opened(*arguments, exchange) if store_of(url).speaks_http else opened(*arguments)


def credential_of(url: str, environ: Mapping[str, str]) -> Credential | None:
    """Return the credential that the store would send, and the server that would receive it.

    Return None if there is no credential. No request is sent.
    """
    refuse_faulty(url)
    credential: Credential | None = _module(url).credential_of(url, environ)
    return credential


def canonical(place: str) -> str:
    """Return the location of a state in normalised form. Two recorded locations are compared in this form."""
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
