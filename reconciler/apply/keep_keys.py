"""Carry out the changes of keychain entries: a row of the ledger before and after each effect."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from reconciler.diagnostics import Diagnostic, error
from reconciler.errors import Failed
from reconciler.plan.change import Change
from reconciler.plan.key_plan import KeyRecords
from reconciler.resources.keychain_entry import Owner, Slot, settled
from reconciler.secrets.key import Key
from reconciler.secrets.keychain import PATIENCE, Keychain, KeychainFault, open_keychain
from reconciler.state.ledger import Ledger


@dataclass(frozen=True)
class Keeping:
    """What keeping keys needs: the ledger, what it said, and the key of an endpoint, from memory."""

    ledger: Ledger
    records: KeyRecords
    key_of: Callable[[str], Key | None]
    name: str  # the gateway's
    place: str  # the state's


def settle(keeping: Keeping) -> None:
    """Write down what came of the effects that an earlier run began and did not end, and where the state is now."""
    for slot, entry in keeping.records.entries.items():
        seen = keeping.records.seen.get(slot)
        found = settled(entry, seen) if seen else entry
        if found != entry:
            keeping.ledger.settle(slot, found)
        for owner in found.owners if found else ():
            if owner.lineage == keeping.records.lineage and owner.place != keeping.place:
                keeping.ledger.own(slot, replace(owner, place=keeping.place))


def keep(keeping: Keeping, changes: Sequence[Change], lineage: str) -> list[tuple[Change, Diagnostic | None]]:
    """Carry out each, whatever becomes of the others: None when it is done, else why it failed."""
    return [(change, _one(keeping, change, lineage)) for change in changes]


def _one(keeping: Keeping, change: Change, lineage: str) -> Diagnostic | None:
    try:
        _carry_out(keeping, change, lineage)
    except KeychainFault as fault:
        summary = f"{change.address}: {fault.reason}"
        detail = "The ledger has it in mind; the next apply takes it up."
        return error("KEYCHAIN_FAILED", summary, detail, fault.hint, change.address, change.source)
    except Failed as fault:
        return fault.diagnostics[0]
    return None


def _carry_out(keeping: Keeping, change: Change, lineage: str) -> None:
    found = change.after or change.before
    if found is None:
        raise AssertionError(f"a change of nothing: {change.address}")
    slot = (found.attributes["service"], found.attributes["account"])
    if change.action == "forget":
        keeping.ledger.disown(slot, lineage)
    elif change.action == "delete":
        _delete(keeping, slot, lineage)
    else:
        _write(keeping, slot, change, Owner(lineage, str(change.address), keeping.name, keeping.place))
    if change.moved_from and change.before:  # only now that the new one is there
        _delete(keeping, (change.before.attributes["service"], change.before.attributes["account"]), lineage)


def _delete(keeping: Keeping, slot: Slot, lineage: str) -> None:
    """The entry, unless another gateway file still uses it."""
    entry = keeping.records.entries[slot]
    if any(owner.lineage != lineage for owner in entry.owners if lineage):
        keeping.ledger.disown(slot, lineage)
        return
    keeping.ledger.begin_delete(slot)
    open_keychain(PATIENCE).remove(*slot)
    keeping.ledger.forget(slot)


def _write(keeping: Keeping, slot: Slot, change: Change, owner: Owner) -> None:
    keychain = open_keychain(PATIENCE)
    key = keeping.key_of(change.address.name)
    there = keychain.get(*slot)
    if key is None:  # adopted, or shared, as it is
        if there is None:
            raise KeychainFault("the entry is gone", f"set the key again: gwctl key set {change.address.name}")
        key = there
    fingerprint = keeping.ledger.fingerprint(key)
    origin = change.after.facts.get("origin", "") if change.after else ""
    keeping.ledger.begin_write(slot, fingerprint, origin, keychain.name, owner)
    if there is None or there.reveal() != key.reveal():
        _put(keychain, slot, key)
    keeping.ledger.end_write(slot)


def _put(keychain: Keychain, slot: Slot, key: Key) -> None:
    keychain.put(*slot, key)
    back = keychain.get(*slot)
    if back is None or back.reveal() != key.reveal():
        raise KeychainFault(f"the keychain ({keychain.name}) did not keep what it was given", "try another keychain")
