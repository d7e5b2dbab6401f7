"""The ledger: what this machine's keychain holds because gwctl wrote it. SQLite, one per OS user, never shared.

A row is written before and after each effect. Only the ledger authorises deleting a keychain entry.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.diagnostics import Diagnostic, error
from reconciler.errors import Failed
from reconciler.resources.keychain_entry import KeychainEntry, Owner, Slot
from reconciler.secrets.key import Key

if TYPE_CHECKING:
    import sqlite3

VERSION = 1
_TABLES = """
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
"""


def default_path(environ: Mapping[str, str]) -> Path:
    """Where the ledger of this OS user is: the user-state directory, or where GWCTL_LEDGER says."""
    from platformdirs import user_state_path

    given = environ.get("GWCTL_LEDGER")
    return Path(given) if given else user_state_path("gwctl", appauthor=False) / "ledger.sqlite3"


class Ledger:
    """The rows of one file; it is made by the first write. Every method raises `Failed` (`LEDGER_…`)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fresh = secrets.token_bytes(32)  # becomes the file's own, if there is none yet

    def entries(self) -> dict[Slot, KeychainEntry]:
        """All rows, by where they are in the keychain; none when there is no ledger yet."""
        if not self._is_there():
            return {}
        with self._open() as rows:
            owners: dict[Slot, list[Owner]] = {}
            for service, account, *rest in rows.execute("SELECT * FROM owner ORDER BY lineage"):
                owners.setdefault((service, account), []).append(Owner(*rest))
            columns = "service, account, fingerprint, status, pending, origin, backend, changed"
            found = rows.execute(f"SELECT {columns} FROM entry ORDER BY service, account")  # noqa: S608 - constant
            entries = (KeychainEntry(*row) for row in found)
            return {entry.slot: replace(entry, owners=tuple(owners.get(entry.slot, ()))) for entry in entries}

    def fingerprint(self, key: Key) -> str:
        """What tells one key from another without holding any of it: HMAC-SHA256 under the ledger's own key."""
        secret = self._fresh
        if self._is_there():
            with self._open() as rows:
                secret = rows.execute("SELECT value FROM secret").fetchone()[0]
        return hmac.new(secret, key.reveal().encode(), hashlib.sha256).hexdigest()

    def begin_write(self, slot: Slot, pending: str, origin: str, backend: str, owner: Owner) -> None:
        """Say that an entry is about to be written for that owner; what is known of the old value stays."""
        row = (*slot, "", pending, "writing", origin, backend, _now())
        with self._open(writing=True) as rows:
            rows.execute(
                "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET pending=excluded.pending, "
                "status='writing', origin=excluded.origin, backend=excluded.backend, changed=excluded.changed",
                row,
            )
            rows.execute("INSERT OR REPLACE INTO owner VALUES (?, ?, ?, ?, ?, ?)", (*slot, *_columns(owner)))

    def end_write(self, slot: Slot) -> None:
        """Say that it is there."""
        with self._open(writing=True) as rows:
            rows.execute(
                "UPDATE entry SET fingerprint=pending, pending='', status='present' WHERE service=? AND account=?", slot
            )

    def own(self, slot: Slot, owner: Owner) -> None:
        """One more gateway uses an entry that is there already."""
        with self._open(writing=True) as rows:
            rows.execute("INSERT OR REPLACE INTO owner VALUES (?, ?, ?, ?, ?, ?)", (*slot, *_columns(owner)))

    def begin_delete(self, slot: Slot) -> None:
        """Say that the entry is about to be deleted."""
        with self._open(writing=True) as rows:
            rows.execute("UPDATE entry SET status='deleting' WHERE service=? AND account=?", slot)

    def disown(self, slot: Slot, lineage: str) -> None:
        """That gateway uses the entry no more; the row goes with its last owner."""
        with self._open(writing=True) as rows:
            rows.execute("DELETE FROM owner WHERE service=? AND account=? AND lineage=?", (*slot, lineage))
            rows.execute(
                "DELETE FROM entry WHERE service=? AND account=? AND NOT EXISTS (SELECT 1 FROM owner "
                "WHERE owner.service=entry.service AND owner.account=entry.account)",
                slot,
            )

    def forget(self, slot: Slot) -> None:
        """No such entry is there, whoever owned it."""
        with self._open(writing=True) as rows:
            rows.execute("DELETE FROM entry WHERE service=? AND account=?", slot)

    def settle(self, slot: Slot, found: KeychainEntry | None) -> None:
        """Write down what came of an effect that was begun."""
        if found is None:
            self.forget(slot)
            return
        with self._open(writing=True) as rows:
            rows.execute(
                "UPDATE entry SET fingerprint=?, pending=?, status=? WHERE service=? AND account=?",
                (found.fingerprint, found.pending, found.status, *slot),
            )

    def _is_there(self) -> bool:
        try:
            self.path.stat()
        except FileNotFoundError:
            return False
        except OSError as fault:  # not to be seen is not to be absent
            raise Failed(_broken(self.path, fault)) from None
        return True

    @contextmanager
    def _open(self, writing: bool = False) -> Iterator[sqlite3.Connection]:
        import sqlite3

        try:
            rows = self._connected()
            try:
                if writing:
                    rows.execute("BEGIN IMMEDIATE")
                yield rows
                if writing:
                    rows.execute("COMMIT")
            finally:
                rows.close()
        except (sqlite3.Error, OSError) as fault:
            raise Failed(_broken(self.path, fault)) from None

    def _connected(self) -> sqlite3.Connection:
        import sqlite3

        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite's own mode would be the umask's
        rows = sqlite3.connect(self.path, timeout=10, isolation_level=None)
        try:
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
                rows.execute(f"PRAGMA {pragma}")
            self._prepared(rows)
        except BaseException:
            rows.close()
            raise
        return rows

    def _prepared(self, rows: sqlite3.Connection) -> None:
        version = rows.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise Failed(_newer(self.path))
        if version == VERSION:
            return
        rows.execute("BEGIN IMMEDIATE")
        if rows.execute("PRAGMA user_version").fetchone()[0] == 0:  # nobody else was faster
            for statement in _TABLES.split(";\n"):
                rows.execute(statement)
            rows.execute("INSERT INTO secret VALUES (?)", (self._fresh,))
            rows.execute(f"PRAGMA user_version={VERSION}")
        rows.execute("COMMIT")


def _columns(owner: Owner) -> tuple[str, str, str, str]:
    return owner.lineage, owner.address, owner.name, owner.place


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _broken(path: Path, fault: Exception) -> Diagnostic:
    why = fault.strerror if isinstance(fault, OSError) else str(fault)
    return error(
        "LEDGER_BROKEN",
        f"The ledger cannot be used: {path}: {why}",
        "It says which keychain entries are gwctl's; without it none is written or deleted.",
        "check who may read and write it; a broken one: move it away, then delete by hand what is under `gwctl:` in "
        "your keychain",
    )


def _newer(path: Path) -> Diagnostic:
    return error(
        "LEDGER_NEWER",
        f"The ledger was written by a newer gwctl: {path}",
        "Nothing was done.",
        "upgrade gwctl: pip install --upgrade gwctl",
    )
