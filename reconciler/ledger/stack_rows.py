"""The ledger's rows of stacks: which gateway files this machine knows, and what was agreed to for each of them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import astuple, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from reconciler.identity import now
from reconciler.ledger.database import LedgerFile
from reconciler.secrets.binding import Exposure, Pair, Secret, SecretKind, command_of
from reconciler.secrets.command_facts import command_digest

if TYPE_CHECKING:
    import sqlite3

_COLUMNS = "kind, written, resolved, origin, path, proxy, ca_file, ca_content"


@dataclass(frozen=True, kw_only=True)
class Stack:
    """One gateway file on this machine, with its state; known by the two places, its name and lineage are facts.

    `path` is the canonical path of the first gateway file, "" where an older gwctl kept rows and did not know it.
    """

    id: str
    path: str
    store: str
    name: str = ""
    lineage: str = ""

    @property
    def is_older(self) -> bool:
        """Return whether it stands for what a gwctl without stacks recorded under that lineage."""
        return not self.path


def new_stack(path: str, store: str, name: str) -> Stack:
    """A stack that no ledger knows yet."""
    return Stack(id=uuid.uuid4().hex, path=path, store=store, name=name)


@dataclass(frozen=True)
class Agreed:
    """A pair that somebody agreed to, how and when (UTC)."""

    pair: Pair
    how: str
    at: str


@dataclass(frozen=True)
class StackBook:
    """All stacks of this machine, and what was agreed to for each, as read in one go."""

    stacks: tuple[Stack, ...] = ()
    agreed: Mapping[str, tuple[Agreed, ...]] = field(default_factory=dict)  # by the stack's ID
    commands: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # by the same: {digest: its facts of then}

    def at(self, path: str, store: str) -> Stack | None:
        """The stack of these two places."""
        return next((stack for stack in self.stacks if (stack.path, stack.store) == (path, store)), None)

    def of_lineage(self, lineage: str) -> tuple[Stack, ...]:
        """Every stack whose state has that lineage."""
        return tuple(stack for stack in self.stacks if lineage and stack.lineage == lineage)

    def in_store(self, store: str) -> tuple[Stack, ...]:
        """Every stack that keeps its state there."""
        return tuple(stack for stack in self.stacks if stack.store == store)

    def pairs(self, stack: str) -> tuple[Pair, ...]:
        """Return the pairs agreed to for that stack."""
        return tuple(consent.pair for consent in self.agreed.get(stack, ()))

    def is_bound_anywhere(self, secret: Secret, stack: str) -> bool:
        """Return whether the secret, in any spelling, is bound on this machine; a kept one only by its own stack."""
        stacks = (stack,) if secret.kind == "kept" else self.agreed
        return any(pair.secret.identity == secret.identity for stack in stacks for pair in self.pairs(stack))


class Stacks:
    """The rows of one ledger. Every method raises `Failed` (`LEDGER_…`)."""

    def __init__(self, path: Path) -> None:
        self._file = LedgerFile(path)

    def read(self) -> StackBook:
        """Return all stacks and consents; empty when there is no ledger yet."""
        if not self._file.is_there():
            return StackBook()
        with self._file.open() as rows:
            stacks = tuple(_stack(*row) for row in rows.execute("SELECT id, path, store, name, lineage FROM stack"))
            agreed: dict[str, list[Agreed]] = {}
            for stack, *columns, how, at in rows.execute(
                f"SELECT stack, {_COLUMNS}, how, agreed FROM binding ORDER BY rowid"  # noqa: S608 - constant
            ):
                agreed.setdefault(stack, []).append(Agreed(_pair(*columns), how, at))
            commands: dict[str, dict[str, str]] = {}
            for stack, digest, what in rows.execute("SELECT stack, digest, what FROM command"):
                commands.setdefault(stack, {})[digest] = what
            return StackBook(stacks, {stack: tuple(agreed) for stack, agreed in agreed.items()}, commands)

    def ensure(self, stack: Stack) -> Stack:
        """Write the stack down, if nobody has; the one that is there then, whose ID counts."""
        with self._file.open(writing=True) as rows:
            return _ensured(rows, stack)

    def remember(
        self,
        stack: Stack,
        pairs: Mapping[Pair, str],
        older: Collection[Stack] = (),
        commands: Mapping[str, str] | None = None,
    ) -> Stack:
        """Write down these, with how they were agreed to, and that `older` rows are the stack's; whole or not.

        `commands` are those that may run: {digest: facts}.
        """
        with self._file.open(writing=True) as rows:
            there = _ensured(rows, stack)
            for digest, what in (commands or {}).items():
                rows.execute("INSERT OR REPLACE INTO command VALUES (?, ?, ?, ?)", (there.id, digest, what, now()))
            for pair, how in pairs.items():
                _insert(rows, there.id, pair, how)
            for older_stack in older:
                _take_over(rows, older_stack.id, there.id)
            return there

    def move(self, there: Stack, here: Stack) -> None:
        """Move a stack to these places with its rows; consents given here stay."""
        with self._file.open(writing=True) as rows:
            fresh = _ensured(rows, here)
            rows.execute("UPDATE OR IGNORE binding SET stack=? WHERE stack=?", (there.id, fresh.id))
            rows.execute("UPDATE OR IGNORE command SET stack=? WHERE stack=?", (there.id, fresh.id))
            rows.execute("DELETE FROM stack WHERE id=?", (fresh.id,))
            rows.execute("UPDATE stack SET path=?, store=? WHERE id=?", (here.path, here.store, there.id))
            rows.execute("UPDATE owner SET place=? WHERE stack=?", (here.store, there.id))

    def rename_kept(self, stack: str, old: str, new: str) -> None:
        """Record that the key kept at the address `old` is kept at `new`: it may go wherever it might before."""
        columns = "origin, path, proxy, ca_file, ca_content, how, agreed"
        with self._file.open(writing=True) as rows:
            rows.execute(
                f"INSERT OR IGNORE INTO binding (stack, kind, written, resolved, {columns}) "  # noqa: S608 - constant
                f"SELECT stack, kind, ?, ?, {columns} FROM binding WHERE stack=? AND kind='kept' AND written=?",
                (new, new, stack, old),
            )

    def revoke(self, stack: str, pairs: Iterable[Pair]) -> None:
        """Delete the consents to these pairs and to the commands that they come from."""
        with self._file.open(writing=True) as rows:
            for pair in pairs:
                command = command_of(pair.secret)
                if command:
                    gone = (stack, command_digest(command))
                    rows.execute("DELETE FROM command WHERE stack=? AND digest=?", gone)
                where = " AND ".join(f"{name.strip()}=?" for name in _COLUMNS.split(","))
                rows.execute(f"DELETE FROM binding WHERE stack=? AND {where}", (stack, *_row(pair)))  # noqa: S608


def _ensured(rows: sqlite3.Connection, stack: Stack) -> Stack:
    rows.execute("INSERT INTO stack VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", (*astuple(stack), now()))
    row = rows.execute(
        "SELECT id, path, store, name, lineage FROM stack WHERE path=? AND store=?", (stack.path, stack.store)
    ).fetchone()
    there = _stack(*row)
    if stack.lineage and there.lineage != stack.lineage:
        rows.execute("UPDATE stack SET lineage=? WHERE id=?", (stack.lineage, there.id))
    return replace(there, lineage=stack.lineage or there.lineage)


def _insert(rows: sqlite3.Connection, stack: str, pair: Pair, how: str) -> None:
    marks = ", ".join("?" * 11)
    rows.execute(f"INSERT OR IGNORE INTO binding VALUES ({marks})", (stack, *_row(pair), how, now()))  # noqa: S608


def _take_over(rows: sqlite3.Connection, older: str, stack: str) -> None:
    """Give the stack the rows recorded by lineage alone; an entry that others shared becomes its own."""
    mine = "SELECT kind, slot FROM owner WHERE stack=?"
    rows.execute(f"DELETE FROM owner WHERE stack<>? AND (kind, slot) IN ({mine})", (older, older))  # noqa: S608
    rows.execute("UPDATE owner SET stack=? WHERE stack=?", (stack, older))
    rows.execute("UPDATE OR IGNORE resource SET stack=? WHERE stack=?", (stack, older))
    rows.execute("DELETE FROM stack WHERE id=?", (older,))


def _row(pair: Pair) -> tuple[str, ...]:
    return (*astuple(pair.secret), *astuple(pair.exposure))


def _stack(id_: str, path: str, store: str, name: str, lineage: str) -> Stack:
    return Stack(id=id_, path=path, store=store, name=name, lineage=lineage)


def _pair(
    kind: SecretKind, written: str, resolved: str, origin: str, path: str, proxy: str, ca_file: str, ca_content: str
) -> Pair:
    if kind not in get_args(SecretKind):
        raise ValueError("the kind of a secret is unknown")
    return Pair(
        Secret(kind, written, resolved),
        Exposure(origin=origin, path=path, proxy=proxy, ca_file=ca_file, ca_content=ca_content),
    )
