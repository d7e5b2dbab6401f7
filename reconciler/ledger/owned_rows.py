"""The ledger's rows of owned resources. Owned resources are outside gwctl, and gwctl wrote them.

A row is written before and after each effect. gwctl removes an owned resource only if the ledger has a row for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from reconciler import safe_json
from reconciler.address import KINDS, Kind, parse
from reconciler.identity import now
from reconciler.resources.presence import OwnedRow, Owner, Slot, Status

if TYPE_CHECKING:
    import sqlite3

_COLUMNS = "kind, slot, fingerprint, status, pending, backup, facts, changed"


class OwnedRows:
    """The rows of owned resources in one ledger. The first write creates the file.

    Methods raise `Failed` (`LEDGER_…`).
    """

    def __init__(self, path: Path) -> None:
        from reconciler.ledger.database import LedgerFile

        self.file = LedgerFile(path)
        # {fingerprint made before the file existed: the function that makes the fingerprint with the file's secret}
        self._provisional: dict[str, Callable[[bytes], str]] = {}

    @property
    def path(self) -> Path:
        """The path of the ledger."""
        return self.file.path

    def read(self) -> dict[Slot, OwnedRow]:
        """Return all rows whose kind this gwctl knows. Return an empty mapping if there is no ledger."""
        if not self.file.is_there():
            return {}
        with self.file.open() as rows:
            owners: dict[Slot, list[Owner]] = {}
            for slot, owner in _owners(rows):
                owners.setdefault(slot, []).append(owner)
            outcome = rows.execute(f"SELECT {_COLUMNS} FROM owned ORDER BY kind, slot")  # noqa: S608 - constant
            known = [_row(*row) for row in outcome if row[0] in KINDS]
            return {row.slot: replace(row, owners=tuple(owners.get(row.slot, ()))) for row in known}

    def digest(self, value: str) -> str:
        """Return a fingerprint that does not reveal the value: HMAC-SHA256 with the secret of the ledger."""
        secret = self.file.kept_secret()
        digest = _digest(secret or self.file.fresh, value)
        if secret is None:  # another gwctl may create the file, with another secret
            self._provisional[digest] = lambda kept: _digest(kept, value)
        return digest

    def current(self, fingerprint: str) -> str:
        """Return the fingerprint of the same value with the ledger's present secret.

        The present secret differs if another gwctl created the file after the fingerprint was made.
        """
        of = self._provisional.get(fingerprint)
        secret = self.file.kept_secret() if of else None
        return of(secret) if of and secret else fingerprint

    def begin_write(
        self,
        slot: Slot,
        owner: Owner,
        *,
        pending: str,
        facts: Mapping[str, str],
        backup: str = "",
        amended: str = "",
        over: Collection[str] = (),
    ) -> Owner | None:
        """Record that gwctl is about to write to the slot for the owner, and return None.

        If another stack that is not in `over` owns the slot, record nothing and return this other owner. `over` has the
        stacks that were owners in the plan. `backup` is recorded only if the slot has no row yet. `amended`, if it is
        not empty, replaces the backup of an existing row. The fingerprint of the old value stays in the row.
        """

        from reconciler.ledger.database import secret_in

        with self.file.open(writing=True) as rows:
            others = (each for at, each in _owners(rows) if at == slot and each.stack not in (owner.stack, *over))
            other = next(others, None)
            if other is not None:
                return other
            of = self._provisional.get(pending)  # in one transaction with the secret that is in the file now
            pending = of(secret_in(rows)) if of else pending
            rows.execute(
                "INSERT INTO owned (kind, slot, fingerprint, pending, status, backup, facts, changed) "
                "VALUES (?, ?, '', ?, 'writing', ?, ?, ?) ON CONFLICT DO UPDATE SET "
                "pending=excluded.pending, status='writing', facts=excluded.facts, changed=excluded.changed, "
                "backup=CASE WHEN ? = '' THEN owned.backup ELSE ? END",
                (*_at(slot), pending, backup, json.dumps(dict(facts)), now(), amended, amended),
            )
            rows.execute("DELETE FROM owner WHERE kind=? AND slot=?", _at(slot))  # no two stacks share a slot
            _insert(rows, slot, owner)
        return None

    def end_write(self, slot: Slot) -> None:
        """Record that the write to the slot succeeded."""
        with self.file.open(writing=True) as rows:
            rows.execute(
                "UPDATE owned SET fingerprint=pending, pending='', status='present' WHERE kind=? AND slot=?", _at(slot)
            )

    def own(self, slot: Slot, owner: Owner) -> None:
        """Record that a further stack uses the resource in the slot."""
        with self.file.open(writing=True) as rows:
            _insert(rows, slot, owner)

    def begin_delete(self, slot: Slot) -> None:
        """Record that gwctl is about to remove the resource in the slot."""
        with self.file.open(writing=True) as rows:
            rows.execute("UPDATE owned SET status='deleting' WHERE kind=? AND slot=?", _at(slot))

    def disown(self, slot: Slot, stack: str) -> None:
        """Record that the stack no longer uses the slot. Delete the row if it has no other owner."""
        with self.file.open(writing=True) as rows:
            rows.execute("DELETE FROM owner WHERE kind=? AND slot=? AND stack=?", (*_at(slot), stack))
            rows.execute(
                "DELETE FROM owned WHERE kind=? AND slot=? AND NOT EXISTS (SELECT 1 FROM owner "
                "WHERE owner.kind=owned.kind AND owner.slot=owned.slot)",
                _at(slot),
            )

    def forget(self, slot: Slot) -> None:
        """Delete the row of the slot with all its owners, because the slot no longer contains anything from gwctl."""
        with self.file.open(writing=True) as rows:
            rows.execute("DELETE FROM owned WHERE kind=? AND slot=?", _at(slot))

    def settle(self, slot: Slot, row: OwnedRow | None) -> None:
        """Record the outcome of an effect that was interrupted. If `row` is None, delete the row of the slot."""
        if row is None:
            self.forget(slot)
            return
        with self.file.open(writing=True) as rows:
            rows.execute(
                "UPDATE owned SET fingerprint=?, pending=?, status=? WHERE kind=? AND slot=?",
                (row.fingerprint, row.pending, row.status, *_at(slot)),
            )


def _at(slot: Slot) -> tuple[str, str]:
    """Return the values of the columns `kind` and `slot`. The slot has the format of SQLite's json_array."""
    return slot.kind.name, json.dumps(slot.path, ensure_ascii=False, separators=(",", ":"))


def _insert(rows: sqlite3.Connection, slot: Slot, owner: Owner) -> None:
    rows.execute(
        "INSERT OR REPLACE INTO owner (kind, slot, stack, lineage, address, name, place) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (*_at(slot), owner.stack, owner.lineage, owner.address, owner.name, owner.place),
    )


def _owners(rows: sqlite3.Connection) -> Iterator[tuple[Slot, Owner]]:
    columns = "kind, slot, stack, lineage, address, name, place"
    for kind, slot, stack, lineage, address, name, place in rows.execute(
        f"SELECT {columns} FROM owner ORDER BY stack"  # noqa: S608 - constant
    ):
        if kind in KINDS:
            parse(address, [KINDS[kind]])  # a ValueError is reported as a broken ledger
            owner = Owner(stack=stack, lineage=lineage, address=address, name=name, place=place)
            yield _slot(KINDS[kind], slot), owner


def _row(kind: str, slot: str, fingerprint: str, status: Status, *rest: str) -> OwnedRow:
    pending, backup, facts, changed = rest
    if status not in get_args(Status):
        raise ValueError("the status of a row is unknown")
    return OwnedRow(
        slot=_slot(KINDS[kind], slot),
        fingerprint=fingerprint,
        status=status,
        pending=pending,
        backup=backup,
        facts=_facts(facts),
        changed=changed,
    )


def _slot(kind: Kind, text: str) -> Slot:
    path: Any = safe_json.loads(text)
    if not isinstance(path, list) or list(map(type, path)) != [str] * len(kind.attributes):
        raise ValueError("the slot of a row is unknown")
    return Slot(kind, tuple(path))


def _facts(text: str) -> dict[str, str]:
    facts: Any = safe_json.loads(text)
    if not isinstance(facts, dict) or not all(type(value) is str for value in facts.values()):
        raise ValueError("the facts of a row are unknown")
    return facts


def _digest(secret: bytes, value: str) -> str:
    import hashlib
    import hmac

    return hmac.new(secret, value.encode(), hashlib.sha256).hexdigest()
