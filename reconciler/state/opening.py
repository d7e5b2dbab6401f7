"""From a state's URL to its store; each is imported only when its URL is there."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path

from reconciler.diagnostics import error
from reconciler.errors import Failed
from reconciler.resources.store_url import fault_of, is_remote, scheme_of
from reconciler.state.closed_store import ClosedStore
from reconciler.state.exchange import Exchange
from reconciler.state.passwords import check_passwords
from reconciler.state.store import Store

# The module of each scheme; its `opened(url, directory, environ)` makes the store, and asks nobody yet.
STORES = {
    "": "file_store",
    "file": "file_store",
    "postgresql": "postgres_store",
    "postgres": "postgres_store",
    "s3": "object_store",
    "gs": "object_store",
    "az": "object_store",
    "http": "http_store",
    "https": "http_store",
}
_OVER_HTTP = ("http", "https")  # these are given what they speak it by as well


def open_store(
    url: str, directory: Path, environ: Mapping[str, str], exchange: Exchange, offline: bool = False
) -> Store:
    """The store of that URL, or of a bare path; a relative path begins at `directory`.

    `offline` leaves one on another machine closed, and its driver unimported.
    """
    fault = fault_of(url)
    if fault:
        raise Failed(error(fault.code, fault.summary[:1].upper() + fault.summary[1:], "Nothing was done.", fault.hint))
    if offline and is_remote(url):
        return ClosedStore(url)
    scheme = scheme_of(url)
    check_passwords(scheme, environ)
    opened: Callable[..., Store] = importlib.import_module(f"reconciler.state.{STORES[scheme]}").opened
    return opened(url, directory, environ, exchange) if scheme in _OVER_HTTP else opened(url, directory, environ)
