"""The lock of the PostgreSQL store: an advisory one, of an open transaction.

Of a transaction rather than of the session: it falls with the connection as well, and holds behind a pooler too. Who
has it is told by the name of his session, which pg_stat_activity shows to everybody; a row that said so would have to
be written, and would outlive a killed holder.
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
    from reconciler.state.stores.postgres.connection import Session

_HELD = re.compile(r"gwctl (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ) (.*)")
_LONGEST_NAME = 63  # bytes; PostgreSQL cuts an application's name off there
_TRIES = 5  # to have a lock whose holder was gone before he could be named
_SETTLING = 5.0  # seconds that a session may take to end


def take(session: Session, sql: Statements, who: str) -> None:
    """Take the lock for as long as the session lasts; raise `LockHeld`."""
    other = None
    for _ in range(_TRIES):
        session.ask(sql.patient, _name(who))
        if session.ask(sql.take, sql.lock_key)[0][0]:
            return
        session.rollback()
        other = holder(session, sql)
        if other:
            break
        session.rollback()  # what a transaction has seen of the sessions stays as it was
    raise LockHeld(other[1] if other else None)


def holder(session: Session, sql: Statements) -> tuple[int, str] | None:
    """The process of the server that has it, and who that is."""
    rows = session.ask(sql.holder, sql.lock_key)
    return (rows[0][0], _words(rows[0][1])) if rows else None


def end(session: Session, sql: Statements) -> str | None:
    """End the session that has it, and say who that was; raises `LockHeld` if it does not end."""
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
    """Return the session's application name: the time and the holder, shortened to fit."""
    return f"gwctl {now()} {who}".encode()[:_LONGEST_NAME].decode(errors="ignore")


def _words(name: str) -> str:
    match = _HELD.fullmatch(name)
    return f"{printable(match[2])} since {match[1]}" if match else printable(name) or "somebody"
