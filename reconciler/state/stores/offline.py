"""The store that replaces a remote store if `--offline` is given."""

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
    """A store that is not opened. It reads no state, refuses each write, and imports no driver."""

    is_shared = True
    is_closed = True
    file = None
    undo = "run the command without --offline"

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.url = url
        self.place = printable(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}")

    def read(self, soon: bool = False, known: Stored | None = None) -> Stored | None:
        """Return None, because the state is unknown. Callers report this."""
        return None

    def write(self, data: bytes, expected: str | None, previous: bytes | None = None) -> str:
        """Raise `Failed`, because the store is closed."""
        self._refuse()

    def lock(self) -> AbstractContextManager[None]:
        """Raise `Failed`, because the store is closed."""
        self._refuse()

    def holder(self) -> str | None:
        """Return None, because the holder is unknown."""
        return None

    def unlock(self) -> str | None:
        """Raise `Failed`, because the store is closed."""
        self._refuse()

    def _refuse(self) -> NoReturn:
        summary = f"The state is in a remote store, and --offline opens no connection: {self.place}"
        raise Failed(error(codes.OFFLINE_STORE, summary, detail="Nothing was done.", hint=self.undo))
