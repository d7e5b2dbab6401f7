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
from reconciler.files.atomic_file import OwnFile
from reconciler.files.read_file import from_home

if TYPE_CHECKING:
    import sqlite3

VERSION = 7
_JOURNAL = bytes.fromhex("d9d505f920a163d7")  # begins a valid rollback journal; zeros begin an incomplete one
# The statements that each version added. An older file is upgraded by the statements of all later versions.
_TABLES = {
    1: """
CREATE TABLE secret (value BLOB NOT NULL);
CREATE TABLE entry (
  service TEXT, account TEXT, fingerprint TEXT NOT NULL, pending TEXT NOT NULL, status TEXT NOT NULL,
  origin TEXT NOT NULL, backend TEXT NOT NULL, changed TEXT NOT NULL, PRIMARY KEY (service, account)
) WITHOUT ROWID;
CREATE TABLE owner (
  service TEXT, account TEXT, lineage TEXT, address TEXT NOT NULL, name TEXT NOT NULL, place TEXT NOT NULL,
  PRIMARY KEY (service, account, lineage),
  FOREIGN KEY (service, account) REFERENCES entry (service, account) ON DELETE CASCADE
) WITHOUT ROWID;
""",
    2: """
CREATE TABLE resource (
  lineage TEXT, position INTEGER, address TEXT NOT NULL, attributes TEXT NOT NULL, facts TEXT NOT NULL,
  PRIMARY KEY (lineage, position)
) WITHOUT ROWID;
CREATE TABLE used_plan (digest TEXT PRIMARY KEY, used TEXT NOT NULL) WITHOUT ROWID;
""",
    # In earlier versions, rows belonged to a lineage only. Now they belong to a stack with an unknown path.
    3: """
CREATE TABLE stack (
  id TEXT PRIMARY KEY, path TEXT NOT NULL, store TEXT NOT NULL, name TEXT NOT NULL, lineage TEXT NOT NULL,
  made TEXT NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX stack_place ON stack (path, store) WHERE path <> '';
INSERT INTO stack SELECT each.lineage, '', coalesce(max(owner.place), ''), coalesce(max(owner.name), ''), each.lineage,
  '' FROM (SELECT lineage FROM owner UNION SELECT lineage FROM resource) AS each
  LEFT JOIN owner ON owner.lineage = each.lineage GROUP BY each.lineage;
CREATE TABLE binding (
  stack TEXT NOT NULL REFERENCES stack (id) ON DELETE CASCADE,
  kind TEXT NOT NULL, written TEXT NOT NULL, resolved TEXT NOT NULL,
  origin TEXT NOT NULL, path TEXT NOT NULL, proxy TEXT NOT NULL, ca_file TEXT NOT NULL,
  how TEXT NOT NULL, agreed TEXT NOT NULL,
  UNIQUE (stack, kind, written, resolved, origin, path, proxy, ca_file)
);
CREATE TABLE command (
  stack TEXT NOT NULL REFERENCES stack (id) ON DELETE CASCADE,
  digest TEXT NOT NULL, what TEXT NOT NULL, agreed TEXT NOT NULL, PRIMARY KEY (stack, digest)
) WITHOUT ROWID;
CREATE TABLE owner_3 (
  service TEXT, account TEXT, stack TEXT, lineage TEXT NOT NULL, address TEXT NOT NULL,
  name TEXT NOT NULL, place TEXT NOT NULL, PRIMARY KEY (service, account, stack),
  FOREIGN KEY (service, account) REFERENCES entry (service, account) ON DELETE CASCADE
) WITHOUT ROWID;
INSERT INTO owner_3 SELECT service, account, lineage, lineage, address, name, place FROM owner;
DROP TABLE owner;
ALTER TABLE owner_3 RENAME TO owner;
CREATE TABLE resource_3 (
  stack TEXT, lineage TEXT, position INTEGER, address TEXT NOT NULL, attributes TEXT NOT NULL,
  facts TEXT NOT NULL, PRIMARY KEY (stack, lineage, position)
) WITHOUT ROWID;
INSERT INTO resource_3 SELECT lineage, lineage, position, address, attributes, facts FROM resource;
DROP TABLE resource;
ALTER TABLE resource_3 RENAME TO resource;
""",
    # Earlier consents lack the digest of the CA file. If a pull may change the file, gwctl asks again.
    4: """
CREATE TABLE binding_4 (
  stack TEXT NOT NULL REFERENCES stack (id) ON DELETE CASCADE,
  kind TEXT NOT NULL, written TEXT NOT NULL, resolved TEXT NOT NULL,
  origin TEXT NOT NULL, path TEXT NOT NULL, proxy TEXT NOT NULL, ca_file TEXT NOT NULL, ca_content TEXT NOT NULL,
  how TEXT NOT NULL, agreed TEXT NOT NULL,
  UNIQUE (stack, kind, written, resolved, origin, path, proxy, ca_file, ca_content)
);
INSERT INTO binding_4 SELECT stack, kind, written, resolved, origin, path, proxy, ca_file, '', how, agreed FROM binding
  ORDER BY rowid;
DROP TABLE binding;
ALTER TABLE binding_4 RENAME TO binding;
""",
    # Rows for every kind of owned resource. The rows of keychain entries become rows of the kind `key`.
    5: """
CREATE TABLE owned (
  kind TEXT, slot TEXT, fingerprint TEXT NOT NULL, pending TEXT NOT NULL, status TEXT NOT NULL,
  backup TEXT NOT NULL, facts TEXT NOT NULL, changed TEXT NOT NULL, PRIMARY KEY (kind, slot)
) WITHOUT ROWID;
INSERT INTO owned SELECT 'key', json_array(service, account), fingerprint, pending, status, '',
  json_object('origin', origin, 'backend', backend), changed FROM entry;
CREATE TABLE owner_5 (
  kind TEXT, slot TEXT, stack TEXT, lineage TEXT NOT NULL, address TEXT NOT NULL,
  name TEXT NOT NULL, place TEXT NOT NULL, PRIMARY KEY (kind, slot, stack),
  FOREIGN KEY (kind, slot) REFERENCES owned (kind, slot) ON DELETE CASCADE
) WITHOUT ROWID;
INSERT INTO owner_5 SELECT 'key', json_array(service, account), stack, lineage, address, name, place FROM owner;
DROP TABLE owner;
ALTER TABLE owner_5 RENAME TO owner;
DROP TABLE entry;
""",
    # The endpoints applied on this machine, and the handles with which tools get their keys.
    6: """
CREATE TABLE applied (
  stack TEXT NOT NULL REFERENCES stack (id) ON DELETE CASCADE, endpoint TEXT NOT NULL,
  origin TEXT NOT NULL, path TEXT NOT NULL, header TEXT NOT NULL, scheme TEXT NOT NULL,
  reference TEXT NOT NULL, form TEXT NOT NULL, timeout TEXT NOT NULL, shares TEXT NOT NULL,
  PRIMARY KEY (stack, endpoint)
) WITHOUT ROWID;
CREATE TABLE handle (
  handle TEXT NOT NULL, stack TEXT NOT NULL REFERENCES stack (id) ON DELETE CASCADE,
  client TEXT NOT NULL, endpoint TEXT NOT NULL, made TEXT NOT NULL, used TEXT NOT NULL, revoked TEXT NOT NULL,
  PRIMARY KEY (stack, client, endpoint)
) WITHOUT ROWID;
CREATE INDEX handle_name ON handle (handle);
""",
    # What the last apply on this machine left: the resolved file, and the age of the lists.
    7: """
CREATE TABLE snapshot (
  stack TEXT PRIMARY KEY REFERENCES stack (id) ON DELETE CASCADE,
  applied TEXT NOT NULL, digest TEXT NOT NULL, lists TEXT NOT NULL, resolved TEXT NOT NULL
) WITHOUT ROWID;
""",
}


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
    """The file of the ledger. The file is opened for one transaction at a time. Methods raise `Failed` (`LEDGER_…`)."""

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
        try:
            rows = self._connected(writing, patience)
            try:
                if writing:
                    rows.execute("BEGIN IMMEDIATE")
                yield rows
                if writing:
                    rows.execute("COMMIT")
            finally:
                rows.close()
        except (sqlite3.Error, OSError, ValueError) as fault:
            from reconciler.ledger import messages

            raise Failed(messages.broken(self.path, fault)) from None

    def _connected(self, writing: bool, patience: float) -> sqlite3.Connection:
        import sqlite3

        self._prepare(writing)
        rows = sqlite3.connect(self.path, timeout=patience, isolation_level=None)
        try:
            # secure_delete overwrites deleted rows: an older gwctl may have stored header values in them.
            for pragma in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
                rows.execute(f"PRAGMA {pragma}")
            rows = self._prepared(rows, writing)
            rows.row_factory = _checked
        except BaseException:
            rows.close()
            raise
        return rows

    def _prepare(self, writing: bool) -> None:
        """Check every file that SQLite opens, because SQLite follows links. Create the database file with mode 0600."""
        file = OwnFile(self.path)
        if writing:
            file.make_folder()
        for ending in ("-wal", "-shm"):
            OwnFile(self.path.with_name(self.path.name + ending)).inspect()
        OwnFile(self.path.with_name(f"{self.path.name}-journal")).inspect(_is_journal, len(_JOURNAL))
        file.prepare(is_empty=False)  # SQLite itself reports a file that is not a database

    def _prepared(self, rows: sqlite3.Connection, writing: bool) -> sqlite3.Connection:
        """Return a connection to a database with the tables of this version.

        If the file is only read, an older file is copied and not changed.
        """
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
        for added in range(version + 1, VERSION + 1):
            for statement in _TABLES[added].split(";\n"):
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
