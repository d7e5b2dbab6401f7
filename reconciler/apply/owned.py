"""Carry out the changes of keychain entries: a row of the ledger before and after each effect."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from reconciler import codes
from reconciler.diagnostics import Diagnostic, error
from reconciler.errors import Failed
from reconciler.ledger.entry_rows import Ledger
from reconciler.plan.change import Change
from reconciler.plan.owned.values import KeyRecords
from reconciler.resources.presence import Owner, Slot, settled
from reconciler.resources.resource import Resource
from reconciler.secrets.key import Key
from reconciler.secrets.keychain import PATIENCE, KeychainFault, open_keychain


@dataclass(frozen=True, kw_only=True)
class KeychainContext:
    """What keeping keys needs: the ledger, what it said, and the key of an endpoint, from memory."""

    ledger: Ledger
    records: KeyRecords
    key_of: Callable[[str], Key | None]
    name: str  # the gateway's
    place: str  # the state's


def settle(keeping: KeychainContext) -> None:
    """Write down what came of the effects that an earlier run began and did not end, and where the state is now."""
    for slot, entry in keeping.records.entries.items():
        seen = keeping.records.seen.get(slot)
        found = settled(entry, seen) if seen else entry
        if found != entry:
            keeping.ledger.settle(slot, found)
        for owner in found.owners if found else ():
            if owner.stack == keeping.records.stack and owner.place != keeping.place:
                keeping.ledger.own(slot, replace(owner, place=keeping.place))


def keep(keeping: KeychainContext, changes: Sequence[Change], lineage: str) -> list[tuple[Change, Diagnostic | None]]:
    """Carry out each, whatever becomes of the others: None when it is done, else why it failed."""
    return [(change, _one(keeping, change, lineage)) for change in changes]


def _one(keeping: KeychainContext, change: Change, lineage: str) -> Diagnostic | None:
    try:
        _carry_out(keeping, change, lineage)
    except KeychainFault as fault:
        summary = f"{change.address}: {fault.reason}"
        detail = "The ledger has it in mind; the next apply takes it up."
        return error(
            codes.KEYCHAIN_FAILED, summary, detail=detail, hint=fault.hint, address=change.address, source=change.source
        )
    except Failed as fault:
        return fault.diagnostics[0]
    return None


def _carry_out(keeping: KeychainContext, change: Change, lineage: str) -> None:
    found = change.after or change.before
    if found is None:
        raise AssertionError(f"a change of nothing: {change.address}")
    slot = _slot_of(found)
    stack = keeping.records.stack
    if change.moved_from:  # first, so that whoever is killed finds the new one as free to go as the old one
        keeping.ledger.rename_kept(stack, str(change.moved_from), str(change.address))
    if change.action == "forget":
        keeping.ledger.disown(slot, stack)
    elif change.action == "delete":
        _delete(keeping, slot)
    else:
        _write(
            keeping,
            slot,
            change,
            Owner(stack=stack, lineage=lineage, address=str(change.address), name=keeping.name, place=keeping.place),
        )
    if change.moved_from and change.before:  # only now that the new one is there
        _delete(keeping, _slot_of(change.before))


def _slot_of(found: Resource) -> Slot:
    return found.slot["service"], found.slot["account"]


def _delete(keeping: KeychainContext, slot: Slot) -> None:
    """The entry, unless another gateway file still uses it, as with an older gwctl it may."""
    entry, stack = keeping.records.entries[slot], keeping.records.stack
    if any(owner.stack != stack for owner in entry.owners if stack):
        keeping.ledger.disown(slot, stack)
        return
    keeping.ledger.begin_delete(slot)
    open_keychain(PATIENCE).remove(*slot)
    keeping.ledger.forget(slot)


def _write(keeping: KeychainContext, slot: Slot, change: Change, owner: Owner) -> None:
    keychain, digest = open_keychain(PATIENCE), keeping.ledger.digest
    key = keeping.key_of(change.address.name)
    origin = _slot_of(change.before) if key is None and change.moved_from and change.before else slot
    there = keychain.fingerprint(*slot, digest)
    wanted = keeping.ledger.fingerprint(key) if key else keychain.fingerprint(*origin, digest)
    if wanted is None:  # what was to be adopted, or to move, is not there any more
        raise KeychainFault("the entry is gone", f"set the key again: gwctl key set {change.address.name}")
    words = change.after.facts.get("origin", "") if change.after else ""
    keeping.ledger.begin_write(slot, wanted, origin=words, backend=keychain.name, owner=owner)
    if key is not None and there != wanted:
        keychain.put(*slot, key)
    elif there != wanted:
        keychain.copy(origin, *slot)
    keeping.ledger.end_write(slot)
