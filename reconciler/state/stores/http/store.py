"""The `http` and `https` store, for servers with Terraform's HTTP state protocol, such as GitLab.

The protocol has no compare-and-swap, so the lock makes writes safe. A write takes the lock, reads, compares, and posts
with the ID of the lock. The server must check the ID. From a server without locks, gwctl only reads.

A lock on the server does not expire by itself. gwctl takes a lock for a single write, which ends or fails within
`LEASE`. An older lock of gwctl therefore belongs to a killed run, and the next run breaks this lock. `lock` keeps other
writers out for `LEASE` only, and a later write takes the lock again. Only `unlock` breaks the lock of another tool.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from reconciler.errors import Failed
from reconciler.identity import who
from reconciler.secrets.binding import Binding
from reconciler.state.stores import errors
from reconciler.state.stores.http.document import HttpDocument, PendingWrite
from reconciler.state.stores.http.lock import HttpHolding, HttpLockHeld, OwnLock
from reconciler.state.stores.http.lock_info import LockInfo
from reconciler.state.stores.http.requests import HttpCalls
from reconciler.state.stores.http.settings import addressed, canonical, credential_of
from reconciler.state.stores.http_exchange import Exchange
from reconciler.state.stores.store import Stored

__all__ = ["HttpStore", "canonical", "credential_of", "opened"]

LEASE = 60.0  # seconds after which a lock of gwctl has expired
_OLDEST = 15.0  # seconds; the greatest age of a lock at the start of a write
_LONGEST = 40.0  # seconds for a read or a write; `_OLDEST` and `_LONGEST` together are less than `LEASE`
_PATIENCE = 5.0  # seconds that a write without a lock waits for locks of other gwctl runs


def opened(
    url: str, _directory: Path, environ: Mapping[str, str], binding: Binding | None, exchange: Exchange
) -> HttpStore:
    """Return the store for the URL. The store sends no request before its first use."""
    return HttpStore(url, environ, exchange, binding=binding)


class HttpStore:
    """One state on a state server."""

    is_shared = True
    is_closed = False
    file = None

    def __init__(
        self,
        url: str,
        environ: Mapping[str, str],
        exchange: Exchange,
        lease: float = LEASE,
        longest: float = _LONGEST,
        binding: Binding | None = None,
    ) -> None:
        self._address = addressed(url, environ, binding)
        calls = HttpCalls(self._address, exchange)
        self._document = HttpDocument(self.place, calls)
        self._holding = HttpHolding(self.place, calls, who(environ), lease)
        self._longest = longest
        self._held: OwnLock | None = None

    @property
    def place(self) -> str:
        """The URL of the state without its query."""
        return self._address.place

    @property
    def url(self) -> str:
        """The URL of the state. The URL contains no password."""
        return self._address.url

    @property
    def undo(self) -> str:
        """The hint that says how to restore the previous version of the state.

        GitLab keeps earlier versions. gwctl does not know whether another server keeps earlier versions.
        """
        if self._address.is_gitlab:
            return f"delete the last version to restore the state before the last change: {self.place}/versions/SERIAL"
        return (
            "ask the server's administrator to restore the state before the last change; if there is no backup, "
            "delete the state and apply again"
        )

    def read(self, soon: bool = False, known: Stored | None = None) -> Stored | None:
        """Return the state on the server. Return None if there is no state."""
        return self._document.read(errors.unreadable, self._longest, known).stored

    def write(self, data: bytes, expected: str | None, previous: bytes | None = None) -> str:
        """Replace the state while this run holds the lock.

        Take the lock first if this run does not hold the lock, or has held the lock for too long. The server decides
        which earlier versions it keeps, so `previous` is not used.
        """
        if self._held is None:
            with self._having(self._taken(_PATIENCE)) as held:
                return self._document.replace(PendingWrite(held, data, expected, self._longest))
        if self._held.age > _OLDEST:
            self._let_go()
            self._held = self._taken()
        return self._document.replace(PendingWrite(self._held, data, expected, self._longest))

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the lock during the context.

        Raise `Failed` with the holder and the time if another run holds the lock.
        """
        with self._having(self._taken()):
            yield

    def holder(self) -> str | None:
        """Return the holder of the lock. Return None if the lock is free.

        The server reports the holder only to a lock request, so gwctl takes a free lock and releases it.
        """
        lock = self._holding.look()
        return lock.words() if lock else None

    def unlock(self) -> str | None:
        """Break the lock of any holder."""
        broken = self._holding.break_it()
        return broken.words() if broken else None

    @contextmanager
    def _having(self, held: OwnLock) -> Iterator[OwnLock]:
        self._held = held
        try:
            yield held
        finally:
            self._let_go()

    def _let_go(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            self._holding.release(held)

    def _taken(self, patience: float = 0) -> OwnLock:
        until = time.monotonic() + patience
        while True:
            try:
                return self._holding.take()
            except HttpLockHeld as other:
                if not other.info.is_gwctls or time.monotonic() >= until:
                    raise self._in_use(other.info) from None
            time.sleep(0.1)

    def _in_use(self, other: LockInfo) -> Failed:
        gone = (
            "the lock of a killed run expires within a minute"
            if other.is_gwctls
            else "if that run no longer exists, run `gwctl state unlock`"
        )
        return errors.locked(self.place, other.words(), f"run the command again when the other run has ended; {gone}")
