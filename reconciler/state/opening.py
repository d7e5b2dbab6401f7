"""From a state's URL to its store; each is imported only when its URL is there."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from reconciler.diagnostics import error
from reconciler.errors import Failed
from reconciler.state.store import Store

# The module of each scheme; its `opened(url, directory, environ)` makes the store, and asks nobody yet.
STORES = {
    "file": "file_store",
    "postgresql": "postgres_store",
    "postgres": "postgres_store",
    "s3": "object_store",
    "gs": "object_store",
    "az": "object_store",
}
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")  # one letter is a Windows drive


def open_store(url: str, directory: Path, environ: Mapping[str, str]) -> Store:
    """The store of that URL, or of a bare path; a relative path begins at `directory`."""
    found = _SCHEME.match(url)
    scheme = found[1].lower() if found else "file"
    if scheme not in STORES:
        raise Failed(error("UNKNOWN_STORE", f"No store has the scheme `{scheme}:`"))
    opened: Callable[..., Store] = importlib.import_module(f"reconciler.state.{STORES[scheme]}").opened
    return opened(url, directory, environ)
