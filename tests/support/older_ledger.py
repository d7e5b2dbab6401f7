"""A ledger from an older gwctl: its keys and records belong to a lineage, and it has no stacks."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from reconciler.ledger.tables import TABLES

_SLOT = "json_extract(slot, '$[0]'), json_extract(slot, '$[1]')"
_ENTRIES = (
    f"SELECT {_SLOT}, fingerprint, pending, status, json_extract(facts, '$.origin'), json_extract(facts, '$.backend'), "
    "changed FROM owned WHERE kind='key'"
)
_OWNERS = f"SELECT {_SLOT}, stack, lineage, address, name, place FROM owner WHERE kind='key'"


def make_older(path: Path, version: int) -> None:
    """Turn the ledger into version 1 or 2. Data that these versions did not have is lost."""
    with closing(sqlite3.connect(path)) as rows:
        secret = rows.execute("SELECT value FROM secret").fetchall()
        entries = rows.execute(_ENTRIES).fetchall()
        owners = [(service, account, *rest) for service, account, _, *rest in rows.execute(_OWNERS)]
        resources = rows.execute("SELECT lineage, position, address, attributes, facts FROM resource").fetchall()
    path.unlink()
    with closing(sqlite3.connect(path)) as rows, rows:
        for each in range(1, version + 1):
            for statement in TABLES[each].split(";\n"):
                rows.execute(statement)
        rows.executemany("INSERT INTO secret VALUES (?)", secret)
        rows.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?)", entries)
        rows.executemany("INSERT INTO owner VALUES (?, ?, ?, ?, ?, ?)", owners)
        if version > 1:
            rows.executemany("INSERT INTO resource VALUES (?, ?, ?, ?, ?)", resources)
        rows.execute(f"PRAGMA user_version={version}")


def make_three(path: Path) -> None:
    """Turn the ledger into version 3, in which consents do not contain the content of a CA file."""
    names = "stack, kind, written, resolved, origin, path, proxy, ca_file, how, agreed"
    with closing(sqlite3.connect(path)) as rows, rows:
        entries, owners = rows.execute(_ENTRIES).fetchall(), rows.execute(_OWNERS).fetchall()
        rows.execute("DROP TABLE owner")
        rows.execute("DROP TABLE owned")
        rows.execute(_table(1, "entry"))
        rows.execute(_table(3, "owner_3"))
        rows.execute("ALTER TABLE owner_3 RENAME TO owner")
        rows.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?)", entries)
        rows.executemany("INSERT INTO owner VALUES (?, ?, ?, ?, ?, ?, ?)", owners)
        rows.execute("ALTER TABLE binding RENAME TO newer")
        rows.execute(_table(3, "binding"))
        rows.execute(f"INSERT INTO binding SELECT {names} FROM newer ORDER BY rowid")
        rows.execute("DROP TABLE newer")
        for later in ("applied", "handle", "snapshot"):
            rows.execute(f"DROP TABLE {later}")
        rows.execute("PRAGMA user_version=3")


def _table(version: int, name: str) -> str:
    """Return the statement with which that version created the table."""
    return next(each for each in TABLES[version].split(";\n") if each.strip().startswith(f"CREATE TABLE {name} "))
