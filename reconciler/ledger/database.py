"""The file of the ledger: an SQLite database for one OS user.

The first write creates the file with mode 0600.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.errors import Failed
from reconciler.files.atomic_file import Beside, OwnFile
from reconciler.files.kept_open import Identity, Phase, identity_of, phase_now
from reconciler.files.read_file import from_home

if TYPE_CHECKING:
    import sqlite3

VERSION = 8
_JOURNAL = bytes.fromhex("d9d505f920a163d7")  # begins a valid rollback journal; zeros begin an incomplete one
PAIR_COLUMNS = "kind, written, resolved, origin, path, proxy, ca_file, ca_content"  # of a pair, in its order
_SECRET = 32  # bytes
PATIENCE = 10.0  # seconds that a run waits for another that writes
_KINDS = {"value": bytes, "position": int, "user_version": int}

NOWHERE = Path()  # no path for a ledger is known: it reads as empty, and writing to it fails


def default_path(environ: Mapping[str, str]) -> Path:
    """Return the path of the ledger: GWCTL_LEDGER, or a file in the user-state directory.

    Return NOWHERE if there is no home directory.
    """
    from platformdirs import user_state_path

    variable = environ.get("GWCTL_LEDGER")
    if variable:
        return Path(from_home(variable))
    try:
        path = user_state_path("gwctl", appauthor=False) / "ledger.sqlite3"
    except (OSError, RuntimeError, KeyError):  # a user without a home directory, as in containers
        return NOWHERE
    return path if path.is_absolute() else NOWHERE


class LedgerFile:
    """The file of the ledger. Methods raise `Failed` (`LEDGER_…`).

    The file is opened for one transaction at a time. In a phase of a run, the connection stays open for the
    next one. Between two transactions it holds no lock.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.fresh = os.urandom(_SECRET)  # the secret of the file, if this object creates the file

    def kept_secret(self) -> bytes | None:
        """Return the ledger's secret, which is used to make fingerprints. Return None if there is no file."""
        if not self.is_there():
            return None
        with self.open() as rows:
            return secret_in(rows)

    def is_there(self) -> bool:
        """Return whether the ledger exists. Raise `Failed` if gwctl cannot check this."""
        if self.path == NOWHERE:
            return False
        try:
            return not OwnFile(self.path).is_free()
        except OSError as fault:
            from reconciler.ledger import messages

            raise Failed(messages.broken(self.path, fault)) from None

    @contextmanager
    def open(self, writing: bool = False, patience: float = PATIENCE) -> Iterator[sqlite3.Connection]:
        """Open the database for the context.

        With `writing`, an older file is upgraded, and the context is one transaction.

        The context may raise ValueError for a row that gwctl cannot have written. `open` then reports that the ledger
        is broken.
        """
        import sqlite3

        if self.path == NOWHERE:
            from reconciler.ledger import messages

            raise Failed(messages.no_place())
        phase = phase_now() if patience == PATIENCE else None
        try:
            identity, rows = self._connected(writing, patience, phase)
            try:
                if writing:
                    rows.execute("BEGIN IMMEDIATE")
                yield rows
                if writing:
                    rows.execute("COMMIT")
            except BaseException:
                rows.close()  # also ends the transaction and every statement
                raise
            if phase and identity:
                phase.keep(self.path, identity, rows)
            else:
                rows.close()
        except (sqlite3.Error, OSError, ValueError) as fault:
            from reconciler.ledger import messages

            raise Failed(messages.broken(self.path, fault)) from None

    def _connected(
        self, writing: bool, patience: float, phase: Phase | None
    ) -> tuple[Identity | None, sqlite3.Connection]:
        """Return the identity of the file and a connection, which may be that of the phase.

        The identity is None if the connection is to a copy in memory.
        """
        import sqlite3

        identity = self._checked(writing)  # before the connection: a file that is replaced meanwhile has another one
        rows = phase.taken(self.path, identity) if phase else None
        rows = rows or sqlite3.connect(self.path, timeout=patience, isolation_level=None)
        try:
            prepared = self._prepared(rows, writing, is_new=rows.row_factory is None)
            prepared.row_factory = _checked
        except BaseException:
            rows.close()
            raise
        return (identity if prepared is rows else None), prepared

    def _checked(self, writing: bool) -> Identity:
        """Check every file that SQLite opens, because SQLite follows links. Create the database file with mode 0600."""
        file = OwnFile(self.path)
        try:
            return identity_of(file.prepare(is_empty=False, beside=_BESIDE))  # SQLite reports a file of another format
        except FileNotFoundError:
            if not writing:
                raise
        file.make_folder()
        return identity_of(file.prepare(is_empty=False, beside=_BESIDE))

    def _prepared(self, rows: sqlite3.Connection, writing: bool, is_new: bool) -> sqlite3.Connection:
        """Return a connection to a database with the tables of this version.

        If the file is only read, an older file is copied and not changed.
        """
        # secure_delete overwrites deleted rows: an older gwctl may have stored header values in them.
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON") if is_new else ():
            rows.execute(f"PRAGMA {pragma}")
        version = rows.execute("PRAGMA user_version").fetchone()[0]
        _check_tables(rows, version)
        if version > VERSION:
            from reconciler.ledger import messages

            raise Failed(messages.newer(self.path))
        if version == VERSION:
            return rows
        if version > 0 and not writing:
            rows = _copied(rows)
        rows.execute("BEGIN IMMEDIATE")
        version = rows.execute("PRAGMA user_version").fetchone()[0]  # read again: another process may have upgraded
        from reconciler.ledger.tables import TABLES

        for added in range(version + 1, VERSION + 1):
            for statement in TABLES[added].split(";\n"):
                rows.execute(statement)
        if version == 0:
            rows.execute("INSERT INTO secret VALUES (?)", (self.fresh,))
        rows.execute(f"PRAGMA user_version={VERSION}")
        rows.execute("COMMIT")
        return rows


def _copied(rows: sqlite3.Connection) -> sqlite3.Connection:
    """Return a copy of the database in memory, so that reading does not change the file."""
    import sqlite3

    copy = sqlite3.connect(":memory:", isolation_level=None)
    rows.backup(copy)
    rows.close()
    return copy


def secret_in(rows: sqlite3.Connection) -> bytes:
    """Return the ledger's secret, which is used to make fingerprints. Raise ValueError if the secret is missing."""
    secrets = rows.execute("SELECT value FROM secret").fetchall()
    if len(secrets) != 1 or len(secrets[0][0]) != _SECRET:
        raise ValueError("the ledger's secret is missing")
    return bytes(secrets[0][0])


def _check_tables(rows: sqlite3.Connection, version: int) -> None:
    """Raise ValueError if the database belongs to another program."""
    tables = [name for (name,) in rows.execute("SELECT name FROM sqlite_master WHERE type='table'")]
    if ("secret" in tables) != (version > 0) or (version == 0 and tables):
        raise ValueError("the file belongs to another program")


def _checked(cursor: sqlite3.Cursor, row: tuple[object, ...]) -> tuple[object, ...]:
    """Return the row if the type of every value is right. SQLite itself accepts any type in any column."""
    for (name, *_), value in zip(cursor.description, row, strict=True):
        if type(value) is not _KINDS.get(name, str):
            raise ValueError(f"the value of `{name}` has the wrong type")
    return row


def _is_journal(start: bytes) -> bool:
    """Return whether a file begins like a journal of SQLite.

    SQLite would delete any other file with the journal's name.
    """
    return start == _JOURNAL or not start.strip(b"\0")


_BESIDE: Beside = (("-wal", None, 0), ("-shm", None, 0), ("-journal", _is_journal, len(_JOURNAL)))
