"""The lock of the PostgreSQL store: an advisory lock that an open transaction holds.

The lock of a transaction ends with the transaction or its connection. The lock of a session would not work behind a
pooler. The application name of the session contains the holder, and pg_stat_activity shows this name to everybody. The
holder is not in a row, because the row would remain after a killed run.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from reconciler.identity import now
from reconciler.state.stores.errors import LockHeld
from reconciler.state.stores.postgres.sql import Statements
from reconciler.text import printable

if TYPE_CHECKING:
    from reconciler.state.stores.postgres.connection import PostgresSession

_HELD = re.compile(r"gwctl (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ) (.*)")
_LONGEST_NAME = 63  # bytes; PostgreSQL truncates a longer application name
_TRIES = 5  # attempts, in case the holder releases the lock before its name is read
_SETTLING = 5.0  # seconds that a session may take to end


def take(session: PostgresSession, sql: Statements, who: str) -> None:
    """Take the lock for the open transaction. Raise `LockHeld` if another run holds the lock."""
    other = None
    for _ in range(_TRIES):
        session.ask(sql.patient, _name(who))
        if session.ask(sql.take, sql.lock_key)[0][0]:
            return
        session.rollback()
        other = holder(session, sql)
        if other:
            break
        session.rollback()  # within a transaction, pg_stat_activity does not change
    raise LockHeld(other[1] if other else None)


def holder(session: PostgresSession, sql: Statements) -> tuple[int, str] | None:
    """Return the ID of the server process that holds the lock, and the holder with the time.

    Return None if the lock is free.
    """
    rows = session.ask(sql.holder, sql.lock_key)
    return (rows[0][0], _words(rows[0][1])) if rows else None


def end(session: PostgresSession, sql: Statements) -> str | None:
    """End the session that holds the lock. Return the holder and the time, or None if the lock was free.

    Raise `LockHeld` if the session does not end.
    """
    other = holder(session, sql)
    if other is None:
        return None
    session.ask(sql.end_session, other[0], needs=("pg_signal_backend",))
    until = time.monotonic() + _SETTLING
    while time.monotonic() < until:
        session.rollback()
        if holder(session, sql) != other:
            return other[1]
        time.sleep(0.02)
    raise LockHeld(other[1])


def _name(who: str) -> str:
    """Return the application name of the session: the time and the holder, shortened to PostgreSQL's limit."""
    return f"gwctl {now()} {who}".encode()[:_LONGEST_NAME].decode(errors="ignore")


def _words(name: str) -> str:
    match = _HELD.fullmatch(name)
    return f"{printable(match[2])} since {match[1]}" if match else printable(name) or "somebody"
