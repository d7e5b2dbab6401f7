"""The ledger's rows of snapshots. A snapshot is the result of the last apply, for programs and `gwctl status`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from reconciler import safe_json
from reconciler.ledger.database import LedgerFile
from reconciler.values import dataclass

_COLUMNS = "applied, digest, lists, failed, resolved"
_NOT_VALID = "a snapshot of an earlier apply in the ledger is not valid"


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The result of an apply on this machine.

    `lists` is {endpoint: time when its list was last fetched}. Times are in UTC and ISO 8601. `failed` has the
    endpoints whose list an apply has failed to fetch since then.
    """

    applied: str  # when
    digest: str  # of the gateway file
    resolved: Mapping[str, Any]  # the resolved file, without keys
    lists: Mapping[str, str] = field(default_factory=dict)
    failed: frozenset[str] = frozenset()


class SnapshotRows:
    """The rows of snapshots in one ledger. Every method raises `Failed` (`LEDGER_…`)."""

    def __init__(self, path: Path) -> None:
        self._file = LedgerFile(path)

    def read(self, stack: str) -> Snapshot | None:
        """Return the snapshot of the stack with this ID. Return None if there is no snapshot."""
        if not self._file.is_there():
            return None
        with self._file.open() as rows:
            row = rows.execute(f"SELECT {_COLUMNS} FROM snapshot WHERE stack=?", (stack,)).fetchone()  # noqa: S608
            return _snapshot(*row) if row else None

    def write(self, stack: str, snapshot: Snapshot) -> None:
        """Replace the snapshot of the stack. The stack must be in the ledger."""
        lists, failed = json.dumps(dict(snapshot.lists)), json.dumps(sorted(snapshot.failed))
        columns = (snapshot.applied, snapshot.digest, lists, failed, json.dumps(snapshot.resolved))
        insert = f"INSERT OR REPLACE INTO snapshot (stack, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)"  # noqa: S608 - constant
        with self._file.open(writing=True) as rows:
            rows.execute(insert, (stack, *columns))

    def delete(self, stack: str) -> None:
        """Delete the snapshot of the stack, if there is one."""
        with self._file.open(writing=True) as rows:
            rows.execute("DELETE FROM snapshot WHERE stack=?", (stack,))


def _snapshot(applied: str, digest: str, lists: str, failed: str, resolved: str) -> Snapshot:
    times, names, document = map(safe_json.loads, (lists, failed, resolved))
    if not (isinstance(times, dict) and isinstance(names, list) and isinstance(document, dict)):
        raise ValueError(_NOT_VALID)
    if not all(isinstance(text, str) for text in (*times.values(), *names)):
        raise ValueError(_NOT_VALID)
    return Snapshot(applied=applied, digest=digest, resolved=document, lists=times, failed=frozenset(names))
