"""The ledger's rows of stacks: the gateway files that were used on this machine, and the consents for each file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import astuple, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.values import dataclass

if TYPE_CHECKING:
    import sqlite3

    from reconciler.secrets.binding import Pair, Secret


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A gateway file on this machine, with its state. `path` and `store` identify a stack. Other fields are facts.

    `path` is the canonical path of the first gateway file. `path` is "" for rows of an older gwctl, which did not
    record the path.
    """

    id: str
    path: str
    store: str
    name: str = ""
    lineage: str = ""

    @property
    def is_older(self) -> bool:
        """Return whether the stack has the rows that an older gwctl recorded for a lineage.

        The older gwctl did not know stacks.
        """
        return not self.path


def new_id() -> str:
    """Return a new ID of a stack."""
    import uuid

    return uuid.uuid4().hex


def new_stack(path: str, store: str, name: str, known_id: str = "") -> Stack:
    """Return a new stack that is not in a ledger.

    The ID of the stack is `known_id` if `known_id` is given. Otherwise the ID is new.
    """
    return Stack(id=known_id or new_id(), path=path, store=store, name=name)


@dataclass(frozen=True)
class Agreed:
    """A consent to a pair of a secret and an exposure. `how` says how the user gave the consent.

    `at` is the time in UTC.
    """

    pair: Pair
    how: str
    at: str


@dataclass(frozen=True)
class StackBook:
    """All stacks of this machine and their consents. They are read in one transaction."""

    stacks: tuple[Stack, ...] = ()
    agreed: Mapping[str, tuple[Agreed, ...]] = field(default_factory=dict)  # by the stack's ID
    # by the stack's ID: {digest of a command: its facts when it was allowed}
    commands: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def at(self, path: str, store: str) -> Stack | None:
        """Return the stack with this path and store. Return None if there is no such stack."""
        return next((stack for stack in self.stacks if (stack.path, stack.store) == (path, store)), None)

    def of_lineage(self, lineage: str) -> tuple[Stack, ...]:
        """Return every stack whose state has this lineage."""
        return tuple(stack for stack in self.stacks if lineage and stack.lineage == lineage)

    def in_store(self, store: str) -> tuple[Stack, ...]:
        """Return every stack whose state is in this store."""
        return tuple(stack for stack in self.stacks if stack.store == store)

    def pairs(self, stack: str) -> tuple[Pair, ...]:
        """Return the pairs of a secret and an exposure that have a consent in the stack."""
        return tuple(consent.pair for consent in self.agreed.get(stack, ()))

    def is_bound_anywhere(self, secret: Secret, stack: str) -> bool:
        """Return whether any stack has a consent for the secret, with any spelling of the secret's reference.

        For a stored key, only the consents of `stack` count.
        """
        stacks = (stack,) if secret.kind == "kept" else self.agreed
        return any(secret.identity in self._identities.get(stack, ()) for stack in stacks)

    @cached_property
    def _identities(self) -> dict[str, set[tuple[str, str]]]:
        """The secrets that have a consent, by the stack's ID."""
        return {stack: {consent.pair.secret.identity for consent in rows} for stack, rows in self.agreed.items()}


class Stacks:
    """The rows of stacks and consents in one ledger. Every method raises `Failed` (`LEDGER_…`)."""

    def __init__(self, path: Path) -> None:
        from reconciler.ledger.database import LedgerFile

        self._file = LedgerFile(path)

    def read(self) -> StackBook:
        """Return all stacks and their consents. Return an empty book if there is no ledger."""

        from reconciler.ledger.database import PAIR_COLUMNS
        from reconciler.secrets.binding import pair_of

        if not self._file.is_there():
            return StackBook()
        with self._file.open() as rows:
            stacks = tuple(_stack(*row) for row in rows.execute("SELECT id, path, store, name, lineage FROM stack"))
            agreed: dict[str, list[Agreed]] = {}
            for stack, *columns, how, at in rows.execute(
                f"SELECT stack, {PAIR_COLUMNS}, how, agreed FROM binding ORDER BY rowid"  # noqa: S608 - constant
            ):
                agreed.setdefault(stack, []).append(Agreed(pair_of(*columns), how, at))
            commands: dict[str, dict[str, str]] = {}
            for stack, digest, what in rows.execute("SELECT stack, digest, what FROM command"):
                commands.setdefault(stack, {})[digest] = what
            return StackBook(stacks, {stack: tuple(agreed) for stack, agreed in agreed.items()}, commands)

    def ensure(self, stack: Stack) -> Stack:
        """Record the stack if it is new, and return the recorded stack.

        The recorded stack may have another ID than `stack`.
        """
        with self._file.open(writing=True) as rows:
            return _ensured(rows, stack)

    def remember(
        self,
        stack: Stack,
        pairs: Mapping[Pair, str],
        older: Collection[Stack] = (),
        commands: Mapping[str, str] | None = None,
    ) -> Stack:
        """Record consents of the stack in one transaction. Return the recorded stack.

        `pairs` is {pair of a secret and an exposure: how the consent was given}. `commands` is {digest: facts} of the
        commands that may run. The rows of the stacks in `older` become rows of this stack.
        """

        from reconciler.identity import now

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
        """Change the path and the store of the stack `there` to the path and the store of `here`.

        Add the consents of `here`.
        """
        with self._file.open(writing=True) as rows:
            fresh = _ensured(rows, here)
            rows.execute("UPDATE OR IGNORE binding SET stack=? WHERE stack=?", (there.id, fresh.id))
            rows.execute("UPDATE OR IGNORE command SET stack=? WHERE stack=?", (there.id, fresh.id))
            rows.execute("DELETE FROM stack WHERE id=?", (fresh.id,))
            rows.execute("UPDATE stack SET path=?, store=? WHERE id=?", (here.path, here.store, there.id))
            rows.execute("UPDATE owner SET place=? WHERE stack=?", (here.store, there.id))

    def forget(self, stack: str) -> None:
        """Delete the stack and its own rows: consents, commands, handles, and records of this machine."""
        with self._file.open(writing=True) as rows:
            for table in ("resource", "owner", "binding", "command", "applied", "handle"):
                rows.execute(f"DELETE FROM {table} WHERE stack=?", (stack,))  # noqa: S608 - the names are above
            rows.execute("DELETE FROM stack WHERE id=?", (stack,))

    def rename_kept(self, stack: str, old: str, new: str) -> None:
        """Copy the consents for the stored key at the address `old` to the address `new`."""
        columns = "origin, path, proxy, ca_file, ca_content, how, agreed"
        with self._file.open(writing=True) as rows:
            rows.execute(
                f"INSERT OR IGNORE INTO binding (stack, kind, written, resolved, {columns}) "  # noqa: S608 - constant
                f"SELECT stack, kind, ?, ?, {columns} FROM binding WHERE stack=? AND kind='kept' AND written=?",
                (new, new, stack, old),
            )

    def revoke(self, stack: str, pairs: Iterable[Pair]) -> None:
        """Delete the consents to these pairs, and the consents to commands that print their secrets."""

        from reconciler.ledger.database import PAIR_COLUMNS
        from reconciler.secrets.binding import command_of
        from reconciler.secrets.commands.command_facts import command_digest

        with self._file.open(writing=True) as rows:
            for pair in pairs:
                command = command_of(pair.secret)
                if command:
                    gone = (stack, command_digest(command))
                    rows.execute("DELETE FROM command WHERE stack=? AND digest=?", gone)
                where = " AND ".join(f"{name.strip()}=?" for name in PAIR_COLUMNS.split(","))
                rows.execute(f"DELETE FROM binding WHERE stack=? AND {where}", (stack, *_row(pair)))  # noqa: S608


def _ensured(rows: sqlite3.Connection, stack: Stack) -> Stack:
    from reconciler.identity import now

    rows.execute("INSERT INTO stack VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", (*astuple(stack), now()))
    row = rows.execute(
        "SELECT id, path, store, name, lineage FROM stack WHERE path=? AND store=?", (stack.path, stack.store)
    ).fetchone()
    there = _stack(*row)
    if stack.lineage and there.lineage != stack.lineage:
        rows.execute("UPDATE stack SET lineage=? WHERE id=?", (stack.lineage, there.id))
    return replace(there, lineage=stack.lineage or there.lineage)


def _insert(rows: sqlite3.Connection, stack: str, pair: Pair, how: str) -> None:
    from reconciler.identity import now

    marks = ", ".join("?" * 11)
    rows.execute(f"INSERT OR IGNORE INTO binding VALUES ({marks})", (stack, *_row(pair), how, now()))  # noqa: S608


def _take_over(rows: sqlite3.Connection, older: str, stack: str) -> None:
    """Move the rows of the stack `older` to this stack. An older gwctl recorded these rows only for a lineage.

    This stack becomes the only owner of its slots.
    """
    mine = "SELECT kind, slot FROM owner WHERE stack=?"
    rows.execute(f"DELETE FROM owner WHERE stack<>? AND (kind, slot) IN ({mine})", (older, older))  # noqa: S608
    rows.execute("UPDATE owner SET stack=? WHERE stack=?", (stack, older))
    rows.execute("UPDATE OR IGNORE resource SET stack=? WHERE stack=?", (stack, older))
    rows.execute("DELETE FROM stack WHERE id=?", (older,))


def _row(pair: Pair) -> tuple[str, ...]:
    return (*astuple(pair.secret), *astuple(pair.exposure))


def _stack(id_: str, path: str, store: str, name: str, lineage: str) -> Stack:
    return Stack(id=id_, path=path, store=store, name=name, lineage=lineage)
