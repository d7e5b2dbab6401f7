"""The planner's table for keychain entries: desired against the ledger against what the keychain says.

| desired | in the ledger | observed          | action                                              |
| ------- | ------------- | ----------------- | --------------------------------------------------- |
| yes     | no            | Absent, Unknown   | create                                              |
| yes     | no            | Present, not ours | blocked NOT_OURS, until it is adopted               |
| yes     | yes           | any               | another key → update (key); else Absent → create    |
|         |               |                   | (drift); differs → update (drift); equal → none     |
| no      | yes           | Present           | delete; forget, while somebody else uses it         |
| no      | yes           | Absent / Unknown  | forget / blocked, kept in the ledger                |
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from reconciler.address import Address
from reconciler.diagnostics import Diagnostic, Source, error, note, warning
from reconciler.plan.change import Action, Cause, Change
from reconciler.resources.keychain_entry import Absent, KeychainEntry, Present, Seen, Slot, Unknown, settled
from reconciler.resources.resource import Resource

Tested = Literal["good", "refused", "untested"]


@dataclass(frozen=True)
class WantedKey:
    """An endpoint that asks for its key to be kept: `given` is the fingerprint of what its reference gives now."""

    address: Address
    slot: Slot
    given: str | None
    origin: str  # the reference, in words
    tested: Tested
    source: Source | None = None
    inherits: Slot | None = None  # the reference gives none, and this entry, of its old name, is to become its own


@dataclass(frozen=True)
class KeyRecords:
    """What the ledger says, and what the keychain says to it; nothing of either where no endpoint needs them."""

    entries: Mapping[Slot, KeychainEntry] = field(default_factory=dict)
    seen: Mapping[Slot, Seen] = field(default_factory=dict)
    lineage: str = ""


@dataclass(frozen=True)
class KeyPlan:
    """The changes of keychain entries, what there is to say, and what is left as it is."""

    changes: tuple[Change, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    blocked: tuple[Address, ...] = ()

    def joined(self, other: KeyPlan) -> KeyPlan:
        """Both, this one first."""
        return KeyPlan(self.changes + other.changes, self.diagnostics + other.diagnostics, self.blocked + other.blocked)


def plan_keys(
    wanted: Collection[WantedKey],
    records: KeyRecords,
    adopted: Collection[Address] = (),
    kept: Collection[str] = (),
) -> KeyPlan:
    """What happens to every entry; those of the endpoints in `kept` are forgotten and stay in the keychain."""
    plan = KeyPlan()
    slots = {want.slot for want in wanted}
    for want in wanted:
        seen = records.seen.get(want.slot, Absent())
        row = records.entries.get(want.slot)
        entry = settled(row, seen) if row else None
        if entry is None and want.inherits and isinstance(seen, Absent):
            slots.add(want.inherits)
            plan = plan.joined(_inherited(want, want.inherits))
        else:
            plan = plan.joined(_wanted(want, entry, seen, records.lineage, want.address in adopted))
    for slot, row in records.entries.items():
        if slot not in slots and row.is_owned_by(records.lineage):
            seen = records.seen.get(slot, Unknown("it was not looked at"))
            plan = plan.joined(_unwanted(row, settled(row, seen), seen, records.lineage, kept))
    return plan


def _wanted(want: WantedKey, entry: KeychainEntry | None, seen: Seen, lineage: str, adopted: bool) -> KeyPlan:
    if isinstance(seen, Unknown) and seen.refused:
        return _refused(want, seen)
    if entry is None:
        return _new(want, seen, adopted)
    if not entry.is_owned_by(lineage) and want.given in (None, entry.fingerprint):
        return _changes(want, "create", "config", "kept already, for another gateway file")
    return _recorded(want, entry, seen)


def _recorded(want: WantedKey, entry: KeychainEntry, seen: Seen) -> KeyPlan:
    if want.given is not None and want.given != entry.fingerprint:
        return _rotated(want)
    if isinstance(seen, Unknown):
        said = note("KEYCHAIN_UNKNOWN", f"{want.address}: {seen.reason}", "", seen.hint, want.address, want.source)
        return KeyPlan((_none(want),), (said,))
    if isinstance(seen, Absent):
        return _lost(want) if want.given is None else _changes(want, "create", "drift", "gone from the keychain")
    if seen.fingerprint != entry.fingerprint:
        return _changed_by_hand(want)
    return KeyPlan((_none(want),))


def _new(want: WantedKey, seen: Seen, adopted: bool) -> KeyPlan:
    if isinstance(seen, Present) and not adopted:
        return _not_ours(want)
    if want.given is None and not (adopted and isinstance(seen, Present)):
        return KeyPlan()  # nothing to keep yet; that the key is missing is said where it is asked for
    if want.tested == "refused":
        return KeyPlan()  # the refusal is an error of the endpoint already
    reason = "adopted" if adopted else f"store_key in the gateway file; from {want.origin}"
    return _changes(want, "create", "config", reason)


def _inherited(want: WantedKey, before: Slot) -> KeyPlan:
    old = Resource(Address("key", before[1]), {"service": before[0], "account": before[1]})
    new, reason = _resource(want), f"moved from {old.address}"
    return KeyPlan((Change(want.address, "update", "config", reason, old, new, (), old.address, want.source),))


def _rotated(want: WantedKey) -> KeyPlan:
    if want.tested == "good":
        return _changes(want, "update", "key", f"rotated; from {want.origin}")
    refused = want.tested == "refused"
    said = warning(
        "ROTATED_KEY_REFUSED" if refused else "ROTATED_KEY_UNTESTED",
        f"The key of {want.origin} is another one now, and {'is refused' if refused else 'could not be tested'}",
        "The keychain keeps the one that it has.",
        f"check {want.origin}" if refused else "apply again when the endpoint can be reached",
        want.address,
        want.source,
    )
    return KeyPlan((_none(want),), (said,), (want.address,))


def _changed_by_hand(want: WantedKey) -> KeyPlan:
    if want.given is None:
        said = note(
            "KEYCHAIN_DRIFT",
            f"{want.address}: the entry was changed by somebody else, and is used as it is",
            "",
            "gwctl key set writes it anew",
            want.address,
            want.source,
        )
        return KeyPlan((_none(want),), (said,))
    if want.tested == "refused":
        return KeyPlan((_none(want),))
    return _changes(want, "update", "drift", f"changed in the keychain by somebody else; from {want.origin}")


def _lost(want: WantedKey) -> KeyPlan:
    said = warning(
        "KEYCHAIN_ENTRY_GONE",
        f"{want.address}: the entry is gone from the keychain, and the reference gives no key",
        "",
        f"set the key again: gwctl key set {want.address.name}",
        want.address,
        want.source,
    )
    return KeyPlan((_none(want),), (said,), (want.address,))


def _not_ours(want: WantedKey) -> KeyPlan:
    said = error(
        "NOT_OURS",
        f"The keychain has an entry {_spoken(want.slot)} that gwctl did not make",
        "What gwctl did not make it does not overwrite.",
        f"if it is to be gwctl's from now on: --adopt {want.address}",
        want.address,
        want.source,
    )
    return KeyPlan((), (said,), (want.address,))


def _refused(want: WantedKey, seen: Unknown) -> KeyPlan:
    said = error(
        "KEYCHAIN_REFUSED",
        f"`store_key: keyring`: {seen.reason}",
        "A key is kept in a real keychain, or not at all.",
        f"{seen.hint}, without `store_key`",
        want.address,
        want.source,
    )
    return KeyPlan((), (said,), (want.address,))


def _unwanted(
    row: KeychainEntry, entry: KeychainEntry | None, seen: Seen, lineage: str, kept: Collection[str]
) -> KeyPlan:
    at = Address("key", row.account)
    before = Resource(at, {"service": row.service, "account": row.account})
    others = any(owner.lineage != lineage for owner in row.owners)

    def gone(action: Action, reason: str) -> KeyPlan:
        return KeyPlan((Change(at, action, "config", reason, before, None),))

    if row.account in kept:
        return gone("forget", "named under `removed` with keep")
    if others:
        return gone("forget", "another gateway file uses the entry still")
    if isinstance(seen, Unknown):
        said = error(
            "KEYCHAIN_UNKNOWN",
            f"{at} would be deleted, and {seen.reason}",
            "The ledger keeps it in mind.",
            f"{seen.hint}; then apply again",
            at,
        )
        return KeyPlan((), (said,), (at,))
    if entry is None or isinstance(seen, Absent):
        return gone("forget", "gone from the keychain already")
    if seen.fingerprint != entry.fingerprint:
        return gone("forget", "changed by somebody else since; it stays in the keychain")
    return gone("delete", f"{at.name} does not keep its key in the keychain any more")


def _changes(want: WantedKey, action: Action, cause: Cause, reason: str) -> KeyPlan:
    found = _resource(want)
    return KeyPlan(
        (Change(want.address, action, cause, reason, None if action == "create" else found, found, source=want.source),)
    )


def _none(want: WantedKey) -> Change:
    return Change(want.address, "none", None, "", _resource(want), _resource(want), source=want.source)


def _resource(want: WantedKey) -> Resource:
    return Resource(want.address, {"service": want.slot[0], "account": want.slot[1]}, {"origin": want.origin})


def _spoken(slot: Slot) -> str:
    return f"{slot[0]}/{slot[1]}"
