"""Auditing the keychain: every entry that gwctl made on this machine, and tidying what a file no longer keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from reconciler import address
from reconciler.address import Address
from reconciler.apply.keep_keys import Keeping, keep, settle
from reconciler.diagnostics import Diagnostic
from reconciler.engine.keys import Keys
from reconciler.engine.options import Options
from reconciler.engine.workspace import open_workspace
from reconciler.errors import Failed
from reconciler.plan.change import Change
from reconciler.plan.key_plan import KeyRecords
from reconciler.resources.keychain_entry import Absent, KeychainEntry, Owner, Present, Seen, Unknown, settled
from reconciler.resources.resource import Resource
from reconciler.state.codec import decode
from reconciler.state.file_store import FileStore

Condition = Literal["kept", "missing", "changed", "orphaned", "unsettled", "unknown"]


@dataclass(frozen=True)
class Audited:
    """One entry, what is the matter with it, and what was or can be done."""

    entry: KeychainEntry
    condition: Condition
    advice: str = ""


def audit(options: Options) -> list[Audited]:
    """Every entry that gwctl made on this machine, whichever gateway file it is for."""
    keys = Keys(options, "", "", {})
    seen = keys.look(sorted(keys.entries))
    return [_audited(entry, seen[slot]) for slot, entry in keys.entries.items()]


def listed(options: Options) -> list[Audited]:
    """The entries of this gateway file."""
    lineage = open_workspace(options).state.lineage
    return [found for found in audit(options) if found.entry.is_owned_by(lineage)]


def tidy(options: Options, found: Sequence[Audited]) -> list[tuple[Audited, Diagnostic | None]]:
    """Settle what was begun; delete what is orphaned, where it is still what gwctl wrote."""
    keys = Keys(options, "", "", {})
    return [(each, _tidied(keys, each)) for each in found if each.condition in ("orphaned", "unsettled")]


def _audited(entry: KeychainEntry, seen: Seen) -> Audited:
    there = settled(entry, seen)
    if isinstance(seen, Unknown):
        return Audited(entry, "unknown", seen.reason)
    if entry.status != "present":
        return Audited(entry, "unsettled", "an apply was killed; the next one settles it, or --tidy")
    if not any(map(_is_alive, entry.owners)):
        return Audited(entry, "orphaned", "no state keeps it any more; --tidy deletes it")
    if isinstance(seen, Absent):
        return Audited(entry, "missing", f"`gwctl apply` or `gwctl key set {entry.account}` writes it anew")
    if there is None or seen.fingerprint != there.fingerprint:
        return Audited(entry, "changed", "somebody else changed it; it is used as it is")
    return Audited(entry, "kept")


def _is_alive(owner: Owner) -> bool:
    """Whether that owner's state still keeps the key of the endpoint; one that cannot be read is taken to."""
    try:
        stored = FileStore(Path(owner.place)).read()
        state = decode(stored.data, owner.place, None) if stored else None
    except Failed:
        return True
    if state is None or state.lineage != owner.lineage:
        return False
    found = state.resources.get(address.endpoint(owner.address.removeprefix("key.")))
    begun = state.serial == 1 and not state.resources  # by `gwctl key set`, before the first apply
    return begun or bool(found and found.attributes.get("store_key"))


def _tidied(keys: Keys, found: Audited) -> Diagnostic | None:
    slot, entry = found.entry.slot, found.entry
    seen = keys.look([slot])
    records = KeyRecords({slot: entry}, seen)
    keeping = Keeping(keys.ledger, records, lambda _: None, "", "")
    settle(keeping)
    there = settled(entry, seen[slot])
    if there is None or any(map(_is_alive, entry.owners)):
        return None
    at = seen[slot]
    if not isinstance(at, Present) or at.fingerprint != there.fingerprint:
        keys.ledger.forget(slot)
        return None
    resource = Resource(Address("key", entry.account), {"service": entry.service, "account": entry.account})
    return keep(keeping, [Change(resource.address, "delete", "config", "orphaned", resource, None)], "")[0][1]
