"""The ledger's rows of this machine's own endpoints, and of the saved plans that were applied on this machine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler import codes, safe_json
from reconciler.address import RECORDED, Address, parse
from reconciler.diagnostics import Diagnostic, error
from reconciler.errors import Failed
from reconciler.resources.resource import Recorded, Resource
from reconciler.values import dataclass

if TYPE_CHECKING:
    import sqlite3

Row = tuple[str, str, str]  # address; attributes as JSON; facts as JSON
Owned = tuple[str, str]  # (the stack's ID in the ledger, the lineage of its state)


@dataclass(frozen=True)
class MachineRecords:
    """This machine's endpoints, models and defaults for one state.

    `version` is a digest of the records. A write names the version and fails if the records have changed since.
    """

    resources: Recorded = field(default_factory=dict)
    version: str = ""
    older: bool = False  # an older gwctl wrote the records, and they contain header values


class MachineRows:
    """The rows of this machine's own resources in the ledger.

    Every method raises `Failed` (`LEDGER_…`, `MACHINE_CHANGED`).
    """

    def __init__(self, path: Path) -> None:
        from reconciler.ledger.database import LedgerFile

        self._file = LedgerFile(path)

    def read(self, owner: Owned) -> MachineRecords:
        """Return the records of this machine for the stack and the lineage in `owner`. No file is created."""
        if not all(owner) or not self._file.is_there():
            return MachineRecords()
        with self._file.open() as rows:
            return _records(rows, owner)

    def write(self, owner: Owned, resources: Iterable[Resource], expected: str) -> None:
        """Replace the records in one transaction.

        Raise `Failed` if the version of the records is no longer `expected`.
        """
        columns = [_columns(resource) for resource in resources]
        _check_readable(columns)
        with self._file.open(writing=True) as rows:
            if _records(rows, owner).version != expected:
                raise Failed(_changed(self._file.path))
            rows.execute("DELETE FROM resource WHERE stack=? AND lineage=?", owner)
            rows.executemany(
                "INSERT INTO resource VALUES (?, ?, ?, ?, ?, ?)",
                ((*owner, position, *row) for position, row in enumerate(columns)),
            )

    def renew(self) -> None:
        """Convert the records of an older gwctl to the present format, for all states."""
        if not self._file.is_there():
            return
        with self._file.open() as rows:
            older = _older(rows)
        if older:
            with self._file.open(writing=True) as rows:
                rows.executemany(
                    "UPDATE resource SET attributes=? WHERE stack=? AND lineage=? AND position=?", _older(rows)
                )

    def use_plan(self, digest: str) -> None:
        """Record that the saved plan with this digest was applied on this machine."""

        from reconciler.identity import now

        with self._file.open(writing=True) as rows:
            rows.execute("INSERT OR IGNORE INTO used_plan VALUES (?, ?)", (digest, now()))

    def plan_used(self, digest: str) -> str | None:
        """Return the time when the saved plan with this digest was applied on this machine.

        Return None if the plan was not applied.
        """
        if not self._file.is_there():
            return None
        with self._file.open() as rows:
            row = rows.execute("SELECT used FROM used_plan WHERE digest=?", (digest,)).fetchone()
            return str(row[0]) if row else None


def _records(rows: sqlite3.Connection, owner: Owned) -> MachineRecords:
    import hashlib

    rows_found = rows.execute(
        "SELECT address, attributes, facts FROM resource WHERE stack=? AND lineage=? ORDER BY position", owner
    ).fetchall()
    if not rows_found:
        return MachineRecords()
    digest = hashlib.sha256("\0".join(part for row in rows_found for part in row).encode()).hexdigest()
    older = any(_renewed(attributes) != attributes for _, attributes, _ in rows_found)
    return MachineRecords(_understood(rows_found), digest, older)


def _understood(rows: Sequence[Row]) -> dict[Address, Resource]:
    """Return the resources in the rows. Raise ValueError if the rows are not valid."""

    from reconciler.state.codec import read_resources

    try:
        return read_resources([_entry(*row) for row in rows])
    except ValueError:
        raise ValueError("the ledger's records of this machine's endpoints are not valid") from None


def _check_readable(rows: Sequence[Row]) -> None:
    from reconciler.files.read_back import not_recordable

    try:
        back = [_columns(resource) for resource in _understood(rows).values()]
        for text in (text for row in rows for text in row):
            text.encode()  # as SQLite will
    except ValueError as fault:
        raise Failed(not_recordable(str(fault))) from None
    if back != list(rows):
        raise Failed(not_recordable("the data that was read back differs from the data to be written"))


def _older(rows: sqlite3.Connection) -> list[tuple[str, str, str, int]]:
    """Return (new attributes, stack, lineage, position) for each row that an older gwctl wrote."""
    older = rows.execute("SELECT attributes, stack, lineage, position FROM resource").fetchall()
    renewed = ((_renewed(attributes), attributes, *where) for attributes, *where in older)
    return [(new, *where) for new, old, *where in renewed if new != old]


def _renewed(attributes: str) -> str:
    """Return the attributes in the present format of the state."""

    import json

    from reconciler.state.upgrades import newest_endpoint

    return json.dumps(newest_endpoint(_fields(attributes)))


def _columns(resource: Resource) -> Row:
    import json

    return str(resource.address), json.dumps(resource.data), json.dumps(dict(resource.facts))


def _entry(address: str, attributes: str, facts: str) -> dict[str, Any]:
    from reconciler.state.upgrades import newest_endpoint

    kind = parse(address, RECORDED).kind.name
    return {
        "address": address,
        "kind": kind,
        "attributes": newest_endpoint(_fields(attributes)),
        "facts": _fields(facts),
    }


def _fields(text: str) -> dict[str, Any]:
    document = safe_json.loads(text)
    if not isinstance(document, dict):
        raise ValueError("a row contains invalid data")
    return document


def _changed(path: Path) -> Diagnostic:
    return error(
        codes.MACHINE_CHANGED,
        f"Another run changed the records of this machine in the meantime: {path}",
        detail="The plan was made for the previous records. Nothing was done on this machine.",
        hint="run the command again to make a new plan",
    )
