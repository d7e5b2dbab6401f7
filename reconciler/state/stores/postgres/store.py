"""The `postgresql` store: a row of a table, replaced in one transaction.

    postgresql://USER@HOST:PORT/DATABASE?state=NAME&schema=SCHEMA

`state` (default: `default`) is the name of the state. A database may have several states. `schema` (default: `gwctl`)
is the schema of the table that contains the states. The rest of the URL is libpq's:
https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING. libpq takes the password from PGPASSWORD,
PGPASSFILE (~/.pgpass) or a service file.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.errors import Failed
from reconciler.identity import who
from reconciler.secrets.binding import Binding
from reconciler.state.stores import errors
from reconciler.state.stores.credential import Credential, require
from reconciler.state.stores.postgres.kept_session import KeptSession
from reconciler.state.stores.postgres.lock import end, holder, take
from reconciler.state.stores.postgres.sql import Statements, apart
from reconciler.state.stores.store import Stored

if TYPE_CHECKING:
    from reconciler.state.stores.postgres.connection import PostgresFault, PostgresSession

Rows = list[tuple[Any, ...]]
_NOT_THERE = ("42P01", "3F000")  # SQLSTATE of a missing table and of a missing schema
_TOO_LATE = ("40001", "40P01")  # SQLSTATE of a transaction that conflicts with another transaction
_ENDED = "57P01"  # SQLSTATE of a session that pg_terminate_backend or a shutdown has ended
_SLOWEST = 200_000  # bytes per second
_CREDENTIALS = "either set PGPASSWORD, or write the password to ~/.pgpass or the file in PGPASSFILE"
_LOOK = "either check the host, the port and that the server runs, or use another store with `state:` or --state"
_WAIT = "run the command again when the other run has ended; the lock ends when that run ends"


def credential_of(url: str, environ: Mapping[str, str]) -> Credential | None:
    """Return the credential that libpq would send. Return None if there is no credential or if the URL is not valid.

    `opened` reports an invalid URL.
    """
    try:
        from reconciler.state.stores.postgres.credential import found_in

        return found_in(apart(url)[0], environ)
    except (ImportError, ValueError):
        return None


def canonical(place: str) -> str:
    """Return the recorded URL unchanged, because every version of gwctl records it as written."""
    return place


def opened(url: str, _directory: Path, environ: Mapping[str, str], binding: Binding | None) -> PostgresStore:
    """Return the store for the URL. The store opens no connection before its first use."""
    return PostgresStore(url, environ, binding=binding)


class PostgresStore:
    """One state in a database. The first write creates the table."""

    is_shared = True
    is_closed = False
    file = None

    def __init__(
        self, url: str, environ: Mapping[str, str], patience: float = 10, binding: Binding | None = None
    ) -> None:
        try:
            from reconciler.state.stores.postgres.connection import parameters
        except ImportError:
            raise errors.not_installed("postgresql", "psycopg", "postgres") from None
        try:
            plain, state, schema = apart(url)
            self._given = parameters(plain, environ)
        except ValueError as fault:
            raise errors.misunderstood(url, str(fault)) from None
        require(credential_of(url, environ), binding)
        self._url = url
        self._who = who(environ)
        self._patience = patience  # seconds for an answer; a large write gets more
        self._sql = Statements(schema, state)
        self._kept = KeptSession()
        self._held: PostgresSession | None = None  # the session whose transaction holds the lock

    @property
    def place(self) -> str:
        """The URL of the state. The URL contains no password."""
        return self._url

    @property
    def url(self) -> str:
        """The URL of the state."""
        return self._url

    @property
    def undo(self) -> str:
        """The hint that says how to restore the previous state. The previous state is in the same row."""
        undo = f"run this statement to restore the state before the last change: {self._sql.undo}"
        return f"{undo}; if `previous` is null, delete the row and apply again"

    def read(self, soon: bool = False, known: Stored | None = None) -> Stored | None:
        """Return the state in the row. Return None if there is no row or no table.

        With `soon`, the connection is kept for some seconds, for the lock.
        """
        with self._translating(errors.unreadable), ExitStack() as closing_all:
            session = self._connected(self._patience, reads=True)
            closing_all.callback(session.close)
            rows = _without_table(lambda: self._rows(session, known))
            if soon:
                closing_all.pop_all()
                self._kept.keep(session)
        if known and rows and rows[0][0] is None:
            return known
        return Stored(bytes(rows[0][0]), rows[0][1], rows[0][1]) if rows else None

    def _rows(self, session: PostgresSession, known: Stored | None) -> Rows:
        """Return the row of the state: its data and version. The data is None if it is the known data."""
        sql = self._sql
        if known is None:
            return session.ask(sql.read, sql.state, needs=sql.to_read)
        digest = hashlib.sha256(known.data).digest()
        return session.ask(sql.read_unless, known.version, digest, sql.state, needs=sql.to_read)

    def write(self, data: bytes, expected: str | None, previous: bytes | None = None) -> str:
        """Replace the state in the row. In the context of `lock`, the commit also ends the lock.

        gwctl chooses the version. If the answer is lost, gwctl can therefore recognise its own write.
        """
        version, is_sent = uuid.uuid4().hex, False
        patience = self._patience + len(data) / _SLOWEST

        def failed(place: str, why: str, hint: str) -> Failed:
            return errors.uncertain(place, why) if is_sent else errors.unwritable(place, why, hint)

        try:
            with self._to_write(failed, patience) as session:
                limit = f"{patience * 800:.0f}ms"  # less than `patience`, so that the server reports the timeout
                session.ask(self._sql.limits, limit, limit)
                if not self._replace(session, data, version=version, expected=expected, previous=previous):
                    raise errors.changed(self.place)
                is_sent = True
                session.commit()
        except Failed:
            if not (is_sent and self._is_there(version)):
                raise
        return version

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the lock and its connection until a write, or until the context ends.

        The write uses the transaction that holds the lock. Raise `Failed` with the holder if another run holds the
        lock.
        """
        with self._locked() as session:
            self._held = session
            try:
                yield
            finally:
                self._held = None
                session.release()

    def holder(self) -> str | None:
        """Return the holder and the time from the application name of the session. Return None if the lock is free."""
        with self._session(errors.unreadable) as session:
            who = holder(session, self._sql)
            return who[1] if who else None

    def unlock(self) -> str | None:
        """End the session that holds the lock.

        The database allows this only to the session's own role and to roles with pg_signal_backend.
        """
        with self._session(errors.unwritable) as session:
            return end(session, self._sql)

    @contextmanager
    def _locked(self) -> Iterator[PostgresSession]:
        """Take the lock with the kept connection. Without one, or if it is lost, open a connection."""
        from reconciler.state.stores.postgres.connection import PostgresFault

        with self._translating(errors.unwritable), ExitStack() as closing_all:
            session = self._kept.take()
            if session is not None:
                closing_all.callback(session.close)
                session.begin(self._patience)
                try:
                    take(session, self._sql, self._who)
                except PostgresFault:
                    session = None
            if session is None:
                session = closing_all.enter_context(closing(self._connected(self._patience, reads=False)))
                take(session, self._sql, self._who)
            yield session

    def _replace(
        self, session: PostgresSession, data: bytes, version: str, expected: str | None, previous: bytes | None
    ) -> bool:
        """Replace the row if the row has the expected version. Return whether the row was replaced.

        Only a commit makes the change permanent.
        """
        sql = self._sql
        if expected is not None:
            values = (previous, data, version, sql.state, expected)
            return bool(_without_table(lambda: session.ask(sql.update, *values, needs=sql.to_write)))
        self._make(session)
        return bool(session.ask(sql.insert, sql.state, version, data, needs=sql.to_write))

    def _make(self, session: PostgresSession) -> None:
        """Create the table and its schema if they are missing.

        The lock is needed, because two `IF NOT EXISTS` statements may collide.
        """
        sql = self._sql
        if session.ask(sql.has_table, sql.schema):
            return
        session.ask(sql.make_alone, sql.making_key)
        if not session.ask(sql.has_schema, sql.schema):
            session.ask(sql.make_schema, needs=(f"CREATE ON DATABASE {session.database}",))
        session.ask(sql.make_table, needs=sql.to_make_table)

    def _is_there(self, version: str) -> bool:
        try:
            stored = self.read()
        except Failed:
            return False
        return stored is not None and stored.version == version

    @contextmanager
    def _to_write(self, failed: errors.Failing, patience: float) -> Iterator[PostgresSession]:
        """Return the session that holds the lock, for one write. Without the lock, open a connection."""
        held, self._held = self._held, None
        if held is None:
            with self._session(failed, patience) as session:
                yield session
        else:
            with self._translating(failed):
                held.wait_for(patience)
                yield held

    @contextmanager
    def _session(self, failed: errors.Failing, patience: float = 0, reads: bool = False) -> Iterator[PostgresSession]:
        """Open a connection for the context. Raise faults of the connection as `Failed`.

        Without a commit, nothing changes.
        """
        with self._translating(failed), closing(self._connected(patience or self._patience, reads)) as session:
            yield session

    def _connected(self, patience: float, reads: bool) -> PostgresSession:
        from reconciler.state.stores.postgres.connection import connected

        return connected(self._given, patience, reads)

    @contextmanager
    def _translating(self, failed: errors.Failing) -> Iterator[None]:
        from reconciler.state.stores.postgres.connection import PostgresFault

        try:
            yield
        except errors.LockHeld as fault:
            raise errors.locked(self.place, fault.who, _WAIT) from None
        except PostgresFault as fault:
            raise self._translated(fault, failed) from None

    def _translated(self, fault: PostgresFault, failed: errors.Failing) -> Failed:
        user = self._given.get("user", "USER")
        if fault.state in _TOO_LATE:
            return errors.changed(self.place)
        if fault.needs:
            grants = "; ".join(f"GRANT {right} TO {user}" for right in fault.needs)
            return errors.refused(self.place, "a right is missing", f"the owner of the database can run: {grants}")
        if fault.refused:
            return errors.refused(self.place, fault.why, fault.hint or _CREDENTIALS)
        if fault.state == _ENDED:
            why = "the server ended the session: it stopped, or `gwctl state unlock` broke the lock"
            return failed(self.place, why, "run the command again")
        return failed(self.place, fault.why, fault.hint or _LOOK)


def _without_table(asking: Callable[[], Rows]) -> Rows:
    """Return the rows. Return an empty list if the table does not exist yet."""
    from reconciler.state.stores.postgres.connection import PostgresFault

    try:
        return asking()
    except PostgresFault as fault:
        if fault.state not in _NOT_THERE:
            raise
    return []
