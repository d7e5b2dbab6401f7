"""The replacement for a store on another machine with `--offline`."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import NoReturn
from urllib.parse import urlsplit

from reconciler import codes
from reconciler.diagnostics import error
from reconciler.errors import Failed
from reconciler.state.stores.store import Stored
from reconciler.text import printable


class ClosedStore:
    """A store that is not opened. Reading returns nothing, and writing fails. No driver is imported."""

    is_shared = True
    is_closed = True
    file = None
    undo = "run the command without --offline"

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.url = url
        self.place = printable(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}")

    def read(self) -> Stored | None:
        """Return None: the state is unknown, which callers report."""
        return None

    def write(self, data: bytes, expected: str | None, previous: bytes | None = None) -> str:
        """Raise `Failed`, because the store is closed."""
        self._refuse()

    def lock(self) -> AbstractContextManager[None]:
        """Raise `Failed`, because the store is closed."""
        self._refuse()

    def holder(self) -> str | None:
        """Return None: the holder is unknown."""
        return None

    def unlock(self) -> str | None:
        """Raise `Failed`, because the store is closed."""
        self._refuse()

    def _refuse(self) -> NoReturn:
        summary = f"The state is in a remote store, and --offline opens no connection: {self.place}"
        raise Failed(error(codes.OFFLINE_STORE, summary, detail="Nothing was done.", hint=self.undo))
