"""The lookup of one key in the ledger, by a handle or a name. Each lookup is one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler import safe_json
from reconciler.ledger.applied_rows import COLUMNS, AppliedEndpoint, applied_endpoint
from reconciler.ledger.database import PAIR_COLUMNS, LedgerFile
from reconciler.ledger.handle_rows import Handle
from reconciler.secrets.binding import Pair, pair_of
from reconciler.values import dataclass

if TYPE_CHECKING:
    import sqlite3

_HANDLES = (
    "SELECT handle.stack, stack.name, stack.path, handle.endpoint, handle.handle, handle.client, handle.made, "
    "handle.used, handle.revoked FROM handle JOIN stack ON stack.id = handle.stack WHERE handle.handle=?"
)
_NAMED = (
    "SELECT applied.stack, stack.name, stack.path, applied.endpoint FROM applied JOIN stack "
    "ON stack.id = applied.stack WHERE stack.name=? AND applied.endpoint=?"
)
_KEPT = (
    "SELECT owned.slot FROM owned JOIN owner ON owner.kind = owned.kind AND owner.slot = owned.slot "
    "WHERE owned.kind='key' AND owned.status <> 'deleting' AND owner.stack=? AND owner.address=?"
)


@dataclass(frozen=True, kw_only=True)
class KeyCandidate:
    """The ledger's facts about one handle, or about one `NAME/ENDPOINT`."""

    name: str  # of the gateway file
    path: str  # of the gateway file
    endpoint: str
    handle: Handle | None = None  # None: the request has a name instead
    applied: AppliedEndpoint | None = None  # None: the endpoint is not applied on this machine
    kept: tuple[str, str] | None = None  # service and account of the keychain entry
    pairs: tuple[Pair, ...] = ()  # the pairs that the user agreed to for the applied origin
    commands: Mapping[str, str] = field(default_factory=dict)  # key commands that may run: {digest: facts}


class KeyLookup:
    """The ledger for the lookup of one key. Every method raises `Failed` (`LEDGER_…`)."""

    def __init__(self, path: Path) -> None:
        self._file = LedgerFile(path)

    def is_there(self) -> bool:
        """Return whether there is a ledger. No ledger is created."""
        return self._file.is_there()

    def of_handle(self, handle: str) -> tuple[KeyCandidate, ...]:
        """Return the endpoint of the handle.

        The result has two items if two rows of the ledger have the handle.
        """
        with self._file.open() as rows:
            return tuple(
                _candidate(rows, stack, name=name, path=path, of=_handle(stack, endpoint, *rest))
                for stack, name, path, endpoint, *rest in rows.execute(_HANDLES, (handle,)).fetchall()
            )

    def of_name(self, name: str, endpoint: str) -> tuple[KeyCandidate, ...]:
        """Return the applied endpoint with this name, from each gateway file whose name is `name`."""
        with self._file.open() as rows:
            return tuple(
                _candidate(rows, stack, name=name, path=path, of=endpoint)
                for stack, name, path, endpoint in rows.execute(_NAMED, (name, endpoint)).fetchall()
            )

    def of_stack(self, stack: str, endpoint: str) -> KeyCandidate | None:
        """Return the applied endpoint of the stack with this ID. Return None if there is no such endpoint."""
        with self._file.open() as rows:
            row = rows.execute("SELECT name, path FROM stack WHERE id=?", (stack,)).fetchone()
            return _candidate(rows, stack, name=row[0], path=row[1], of=endpoint) if row else None


def _candidate(rows: sqlite3.Connection, stack: str, *, name: str, path: str, of: Handle | str) -> KeyCandidate:
    handle, endpoint = (of, of.endpoint) if isinstance(of, Handle) else (None, of)
    applied = _applied(rows, stack, endpoint)
    return KeyCandidate(
        name=name,
        path=path,
        endpoint=endpoint,
        handle=handle,
        applied=applied,
        kept=_kept(rows, stack, endpoint),
        pairs=_pairs(rows, stack, applied) if applied else (),
        commands=dict(rows.execute("SELECT digest, what FROM command WHERE stack=?", (stack,))),
    )


def _handle(stack: str, endpoint: str, handle: str, client: str, made: str, used: str, revoked: str) -> Handle:
    return Handle(handle=handle, stack=stack, client=client, endpoint=endpoint, made=made, used=used, revoked=revoked)


def _applied(rows: sqlite3.Connection, stack: str, endpoint: str) -> AppliedEndpoint | None:
    where = (stack, endpoint)
    row = rows.execute(f"SELECT {COLUMNS} FROM applied WHERE stack=? AND endpoint=?", where).fetchone()  # noqa: S608
    return applied_endpoint(*row) if row else None


def _kept(rows: sqlite3.Connection, stack: str, endpoint: str) -> tuple[str, str] | None:
    row = rows.execute(_KEPT, (stack, f"key.{endpoint}")).fetchone()
    if row is None:
        return None
    slot: Any = safe_json.loads(row[0])
    if not isinstance(slot, list) or list(map(type, slot)) != [str, str]:
        raise ValueError("the slot of a row is unknown")
    return slot[0], slot[1]


def _pairs(rows: sqlite3.Connection, stack: str, applied: AppliedEndpoint) -> tuple[Pair, ...]:
    where = (stack, applied.shares or stack, applied.exposure.origin)
    found = rows.execute(
        f"SELECT {PAIR_COLUMNS} FROM binding WHERE stack IN (?, ?) AND origin=?",  # noqa: S608 - constant
        where,
    )
    return tuple(pair_of(*row) for row in found)
