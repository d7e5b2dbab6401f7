"""The connection that a run keeps between the read of the state and its write, for some seconds at most."""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.state.stores.postgres.connection import PostgresSession

_LONGEST = 5.0  # seconds; a server has few connections, and endpoints may take minutes


class KeptSession:
    """At most one idle connection. It is closed after `longest` seconds, or when gwctl ends, if nobody takes it."""

    def __init__(self, longest: float = _LONGEST) -> None:
        self._longest = longest
        self._session: PostgresSession | None = None
        self._timer: threading.Timer | None = None
        self._at_the_end: weakref.finalize[..., KeptSession] | None = None
        self._turn = threading.Lock()

    def keep(self, session: PostgresSession) -> None:
        """Keep the connection, whose transaction has ended."""
        self.close()
        self._session = session
        self._at_the_end = weakref.finalize(self, session.close)
        self._timer = threading.Timer(self._longest, self.close)
        self._timer.daemon = True
        self._timer.start()

    def take(self) -> PostgresSession | None:
        """Return the connection, which the caller closes. Return None if there is none, or if it was lost."""
        with self._turn:
            session, self._session = self._session, None
        if self._timer and self._at_the_end:
            self._timer.cancel()
            self._at_the_end.detach()
        if session is not None and not session.is_quiet:
            session.close()
            return None
        return session

    def close(self) -> None:
        """Close the connection, if there is one."""
        session = self.take()
        if session is not None:
            session.close()
