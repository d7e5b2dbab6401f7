"""The `http` and `https` store: Terraform's HTTP state protocol, which GitLab and others serve.

The protocol has no compare-and-swap, so the lock is the safety: a write takes it, reads, compares, and posts under the
lock's ID, at which the server must look. A server that does not lock can be read, and is not written to.

A lock there does not fall by itself. gwctl takes one for a single write, which ends within `LEASE` or is given up; one
of gwctl's that is older has lost its holder, and is broken by the next who wants it. So `lock` holds others off for
that long, and a write that comes later takes it anew. A lock that is not gwctl's is broken by `unlock` alone.
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

LEASE = 60.0  # seconds after which a lock of gwctl's is dead
_OLDEST = 15.0  # seconds: the age of a lock at the beginning of a write
_LONGEST = 40.0  # seconds: a read, or a write; together with the above less than the lease
_PATIENCE = 5.0  # seconds for which a write without a lock waits for others of gwctl's


def opened(
    url: str, _directory: Path, environ: Mapping[str, str], binding: Binding | None, exchange: Exchange
) -> HttpStore:
    """The store of that URL; nothing is asked yet."""
    return HttpStore(url, environ, exchange, binding=binding)


class HttpStore:
    """One state of a server."""

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
        """The URL, without its query."""
        return self._address.place

    @property
    def url(self) -> str:
        """The URL; no password is in it."""
        return self._address.url

    @property
    def undo(self) -> str:
        """The hint for GitLab, which keeps every version; other servers are unknown."""
        if self._address.is_gitlab:
            return f"for the state before the last change, delete the last version: {self.place}/versions/SERIAL"
        return (
            "for the state before the last change: ask its administrator; without a backup, delete it and apply again"
        )

    def read(self) -> Stored | None:
        """Return the server's state; None when it has none."""
        return self._document.read(errors.unreadable, self._longest).stored

    def write(self, data: bytes, expected: str | None, previous: bytes | None = None) -> str:
        """Replace it under the lock, which is taken for that where it is not held, or was taken long ago.

        Which versions are kept, and what of them, is the server's own affair.
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
        """Hold the lock; raise `Failed` with its holder and the time."""
        with self._having(self._taken()):
            yield

    def holder(self) -> str | None:
        """Return the holder, which the protocol tells only to those who try: takes a free lock and releases it."""
        lock = self._holding.look()
        return lock.words() if lock else None

    def unlock(self) -> str | None:
        """Break it, whosever it is."""
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
            else "if it no longer exists: gwctl state unlock"
        )
        return errors.locked(self.place, other.words(), f"run the command again when the other run has ended; {gone}")
