"""A ledger as an older gwctl left it: with keys and records that are tied to a lineage, and no stack."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from reconciler.ledger.database import _TABLES


def make_older(path: Path, version: int) -> None:
    """Turn that ledger into one of version 1 or 2; what those did not know is lost."""
    with closing(sqlite3.connect(path)) as rows:
        secret = rows.execute("SELECT value FROM secret").fetchall()
        columns = "service, account, fingerprint, pending, status, origin, backend, changed"
        entries = rows.execute(f"SELECT {columns} FROM entry").fetchall()
        owners = rows.execute("SELECT service, account, lineage, address, name, place FROM owner").fetchall()
        resources = rows.execute("SELECT lineage, position, address, attributes, facts FROM resource").fetchall()
    path.unlink()
    with closing(sqlite3.connect(path)) as rows, rows:
        for each in range(1, version + 1):
            for statement in _TABLES[each].split(";\n"):
                rows.execute(statement)
        rows.executemany("INSERT INTO secret VALUES (?)", secret)
        rows.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?)", entries)
        rows.executemany("INSERT INTO owner VALUES (?, ?, ?, ?, ?, ?)", owners)
        if version > 1:
            rows.executemany("INSERT INTO resource VALUES (?, ?, ?, ?, ?)", resources)
        rows.execute(f"PRAGMA user_version={version}")


def make_three(path: Path) -> None:
    """Turn that ledger into one of version 3: what was agreed to does not know the content of a CA file."""
    names = "stack, kind, written, resolved, origin, path, proxy, ca_file, how, agreed"
    begin = _TABLES[3].index("CREATE TABLE binding")
    table = _TABLES[3][begin : _TABLES[3].index(";\n", begin)]
    with closing(sqlite3.connect(path)) as rows, rows:
        rows.execute("ALTER TABLE binding RENAME TO newer")
        rows.execute(table)
        rows.execute(f"INSERT INTO binding SELECT {names} FROM newer ORDER BY rowid")
        rows.execute("DROP TABLE newer")
        rows.execute("PRAGMA user_version=3")
