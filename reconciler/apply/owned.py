"""The changes of owned resources in an apply. The ledger is written before and after each effect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace

from reconciler.address import Address, Kind
from reconciler.diagnostics import Diagnostic, error
from reconciler.errors import Failed
from reconciler.ledger.owned_rows import OwnedRows
from reconciler.owned.kind import OwnedFault, OwnedKind
from reconciler.plan.change import Change
from reconciler.resources.presence import OwnedRow, Owner, Presence, Present, Rows, Slot, Unknown, settled, slot_of
from reconciler.text import printable
from reconciler.values import dataclass

Done = tuple[Change, Diagnostic | None]  # None: the change was made; else why it failed


@dataclass(frozen=True, kw_only=True)
class OwnedContext:
    """The inputs for changing owned resources: the kinds, the ledger, and the plan's observations."""

    kinds: Mapping[Kind, OwnedKind]
    ledger: OwnedRows
    rows: Rows
    seen: Mapping[Slot, Presence] = field(default_factory=dict)
    stack: str = ""  # the ID of the stack that owns the new rows
    name: str = ""  # the name of the gateway
    place: str = ""  # where the state is, for people


def settle(context: OwnedContext) -> None:
    """Record the outcome of effects that an earlier run started but did not finish.

    Also record the state's location.
    """
    for slot, row in context.rows.items():
        seen = context.seen.get(slot)
        now = settled(row, seen) if seen else row
        if now != row and _is_tidied(context.kinds[slot.kind], row):
            context.ledger.settle(slot, now)
        for owner in now.owners if now else ():
            if owner.stack == context.stack and owner.place != context.place:
                context.ledger.own(slot, replace(owner, place=context.place))


def _is_tidied(kind: OwnedKind, row: OwnedRow) -> bool:
    """Remove what an interrupted effect left behind. Return whether this succeeded.

    If this failed, the ledger's row does not change.
    """
    try:
        kind.tidy(row)
    except OwnedFault:
        return False
    return True


def carry_out(context: OwnedContext, changes: Iterable[Change], lineage: str) -> list[Done]:
    """Make all changes, even if some fail. First make the writes by kind, then the removals in reverse order.

    If a part of a client's file fails, write no new part for the same client, because half of a configuration could do
    harm.
    """
    done: list[Done] = []
    for change in _in_order(list(changes)):
        other = next(
            (each.address for each, fault in done if fault and each.address.whole == change.address.whole), None
        )
        waits = other is not None and _is_new(context, change)
        done.append((change, _waiting(context, change, other) if other and waits else _one(context, change, lineage)))
    return done


def _is_new(context: OwnedContext, change: Change) -> bool:
    return change.after is not None and slot_of(change.after) not in context.rows


def _waiting(context: OwnedContext, change: Change, other: Address) -> Diagnostic:
    return error(
        context.kinds[change.address.kind].failed_code,
        f"{change.address} was not written, because {other} failed",
        hint="gwctl apply",
        address=change.address,
        source=change.source,
    )


def _in_order(changes: Sequence[Change]) -> list[Change]:
    going = [change for change in changes if change.after is None]
    others = [change for change in changes if change.after is not None]
    return [
        *sorted(others, key=lambda change: change.address.kind.order),
        *sorted(going, key=lambda change: -change.address.kind.order),
    ]


def _one(context: OwnedContext, change: Change, lineage: str) -> Diagnostic | None:
    kind = context.kinds[change.address.kind]
    try:
        _carry_out(context, kind, change, lineage)
    except OwnedFault as fault:
        return error(
            kind.failed_code,
            f"{change.address}: {fault.reason}",
            detail="The next apply tries again.",
            hint=fault.hint,
            address=change.address,
            source=change.source,
        )
    except Failed as fault:
        return fault.diagnostics[0]
    return None


def _carry_out(context: OwnedContext, kind: OwnedKind, change: Change, lineage: str) -> None:
    if change.after is None and change.before is not None:
        slot = slot_of(change.before)
        if change.action == "forget":
            context.ledger.disown(slot, context.stack)
        else:
            _remove(context, kind, slot)
        return
    owner = Owner(
        stack=context.stack,
        lineage=lineage,
        address=str(change.address),
        name=context.name,
        place=context.place,
    )
    _write(context, kind, change, owner)
    if change.moved_from and change.before:  # only after the new entry was written
        _remove(context, kind, slot_of(change.before))


def _write(context: OwnedContext, kind: OwnedKind, change: Change, owner: Owner) -> None:
    if change.after is None:
        raise AssertionError(f"the change writes nothing: {change.address}")
    slot = slot_of(change.after)
    prepared = kind.prepare(change)
    there = _look(kind, slot)
    known = {prepared.fingerprint, *_known(context, slot)}
    if isinstance(there, Present) and there.fingerprint not in known:
        raise OwnedFault("another program changed the resource after the plan was made", "make a new plan: gwctl plan")
    other = context.ledger.begin_write(
        slot,
        owner,
        pending=prepared.fingerprint,
        facts=prepared.facts,
        backup=prepared.backup,
        amended=prepared.amended,
        over=_stacks(context, slot),
    )
    if other is not None:
        name = f"{printable(other.name, 80)} ({printable(other.place, 200)})"
        raise OwnedFault(
            f"the gateway file {name} took the resource over after the plan was made", "make a new plan: gwctl plan"
        )
    if there != Present(prepared.fingerprint):
        kind.write(change)
    context.ledger.end_write(slot)


def _remove(context: OwnedContext, kind: OwnedKind, slot: Slot) -> None:
    """Remove the resource in the slot. Leave the resource if another gateway file still uses the slot.

    Only an older gwctl recorded one slot for several gateway files.
    """
    row = context.rows.get(slot)
    if row is None:  # only the ledger allows to remove something; a saved plan does not
        raise OwnedFault("the ledger does not have the resource any more", "make a new plan: gwctl plan")
    if context.stack and row.is_shared(context.stack):
        context.ledger.disown(slot, context.stack)
        return
    there = _look(kind, slot)
    if isinstance(there, Present) and there.fingerprint not in _known(context, slot):
        raise OwnedFault("another program changed the resource after the plan was made", "make a new plan: gwctl plan")
    context.ledger.begin_delete(slot)
    kind.remove(row)
    context.ledger.forget(slot)


def _look(kind: OwnedKind, slot: Slot) -> Presence:
    seen = kind.observe([slot])[slot]
    if isinstance(seen, Unknown):
        raise OwnedFault(seen.reason, seen.hint)
    return seen


def _known(context: OwnedContext, slot: Slot) -> set[str]:
    """Return the fingerprints of the content that gwctl may overwrite in the slot."""
    row, seen = context.rows.get(slot), context.seen.get(slot)
    recorded = _recorded(row) if row else set()
    return recorded | ({context.ledger.current(seen.fingerprint)} if isinstance(seen, Present) else set())


def _stacks(context: OwnedContext, slot: Slot) -> tuple[str, ...]:
    """Return the stacks that used the slot when the plan was made."""
    row = context.rows.get(slot)
    return tuple(owner.stack for owner in row.owners) if row else ()


def _recorded(row: OwnedRow) -> set[str]:
    return {fingerprint for fingerprint in (row.fingerprint, row.pending) if fingerprint}
