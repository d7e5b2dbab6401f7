"""The ledger's rows of snapshots: what the last apply on this machine left."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.errors import Failed
from reconciler.ledger.snapshot_rows import Snapshot, SnapshotRows
from reconciler.ledger.stack_rows import Stack, Stacks
from reconciler.ledger.tables import TABLES

STACK = Stack(id="stack-1", path="/acme/gateway.yaml", store="/acme/.gwctl/state.json", name="acme")
SNAPSHOT = Snapshot(
    applied="2026-11-26T18:00:00Z",
    digest="d1",
    resolved={"version": 1, "name": "acme", "roles": {}, "models": []},
    lists={"litellm": "2026-11-25T18:00:00Z"},
    failed=frozenset({"litellm", "laptop"}),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.sqlite3"
    Stacks(path).ensure(STACK)
    return path


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as rows, rows:
        rows.execute("PRAGMA foreign_keys=ON")
        for statement in statements:
            rows.execute(statement)


def test_a_snapshot_is_read_as_it_was_written_and_replaces_the_one_before(path: Path) -> None:
    rows = SnapshotRows(path)
    assert rows.read(STACK.id) is None
    rows.write(STACK.id, SNAPSHOT)
    assert rows.read(STACK.id) == SNAPSHOT
    later = replace(SNAPSHOT, digest="d2", lists={})
    rows.write(STACK.id, later)
    assert (rows.read(STACK.id), rows.read("stack-2")) == (later, None)


def test_reading_makes_no_ledger(tmp_path: Path) -> None:
    assert SnapshotRows(tmp_path / "none.sqlite3").read(STACK.id) is None
    assert list(tmp_path.iterdir()) == []


def test_a_stack_that_is_deleted_takes_its_snapshot_along(path: Path) -> None:
    SnapshotRows(path).write(STACK.id, SNAPSHOT)
    change(path, "DELETE FROM stack")
    assert SnapshotRows(path).read(STACK.id) is None


def test_a_snapshot_of_version_7_is_read_and_no_endpoint_has_failed(path: Path) -> None:
    columns = (SNAPSHOT.applied, SNAPSHOT.digest, json.dumps(SNAPSHOT.lists), json.dumps(SNAPSHOT.resolved))
    change(path, "DROP TABLE snapshot", *TABLES[7].split(";\n"), "PRAGMA user_version=7")
    with closing(sqlite3.connect(path)) as rows, rows:
        rows.execute("INSERT INTO snapshot VALUES (?, ?, ?, ?, ?)", (STACK.id, *columns))
    before = path.read_bytes()
    earlier = SnapshotRows(path).read(STACK.id)
    assert earlier == replace(SNAPSHOT, failed=frozenset())
    assert path.read_bytes() == before
    Stacks(path).ensure(replace(STACK, id="stack-2", path="/other/gateway.yaml"))
    assert SnapshotRows(path).read(STACK.id) == earlier
    SnapshotRows(path).write(STACK.id, SNAPSHOT)
    assert SnapshotRows(path).read(STACK.id) == SNAPSHOT


def test_a_ledger_of_version_6_is_read_and_upgraded(path: Path) -> None:
    change(path, "DROP TABLE snapshot", "PRAGMA user_version=6")
    before = path.read_bytes()
    assert SnapshotRows(path).read(STACK.id) is None
    assert path.read_bytes() == before
    SnapshotRows(path).write(STACK.id, SNAPSHOT)
    assert SnapshotRows(path).read(STACK.id) == SNAPSHOT


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("resolved", "'[]'"),
        ("resolved", "'{'"),
        ("lists", "'[]'"),
        ("lists", "'{\"a\": 1}'"),
        ("failed", "'{}'"),
        ("failed", "'[1]'"),
        ("digest", "x'00'"),
    ],
)
def test_a_damaged_row_is_reported_as_a_broken_ledger(path: Path, column: str, value: str) -> None:
    SnapshotRows(path).write(STACK.id, SNAPSHOT)
    change(path, f"UPDATE snapshot SET {column}={value}")
    with pytest.raises(Failed) as raised:
        SnapshotRows(path).read(STACK.id)
    assert raised.value.diagnostics[0].code == "LEDGER_BROKEN"
