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

from collections.abc import Collection

from reconciler.address import KEY, Address
from reconciler.plan.change import Action, Cause, Change
from reconciler.plan.owned import messages
from reconciler.plan.owned.values import KeyPlan, KeyRecords, WantedKey
from reconciler.resources.presence import Absent, KeychainEntry, Present, Seen, Slot, Unknown, settled
from reconciler.resources.resource import Resource


def plan_keys(
    wanted: Collection[WantedKey],
    records: KeyRecords,
    adopted: Collection[Address] = (),
    kept: Collection[str] = (),
    staying: Collection[str] = (),
) -> KeyPlan:
    """What happens to every entry.

    Those of the endpoints in `kept` are forgotten and stay in the keychain; those of `staying` are left alone.
    """
    slots = {want.slot for want in wanted}
    plans: list[KeyPlan] = []
    for want in wanted:
        seen = records.seen.get(want.slot, Absent())
        row = records.entries.get(want.slot)
        entry = settled(row, seen) if row else None
        if entry is None and want.inherits and isinstance(seen, Absent):
            slots.add(want.inherits)
            plans.append(_inherited(want, want.inherits))
        else:
            plans.append(_wanted(want, entry, seen=seen, records=records, adopted=want.address in adopted))
    for slot, row in records.entries.items():
        if slot not in slots and row.account not in staying and row.is_owned_by(records.stack):
            seen = records.seen.get(slot, Unknown("it was not looked at"))
            plans.append(_unwanted(row, settled(row, seen), seen=seen, stack=records.stack, kept=kept))
    return KeyPlan.all_of(plans)


def _wanted(want: WantedKey, entry: KeychainEntry | None, seen: Seen, records: KeyRecords, adopted: bool) -> KeyPlan:
    if isinstance(seen, Unknown) and not want.strict:
        return KeyPlan((), (messages.not_available(want, seen),))
    if isinstance(seen, Unknown) and seen.refused:
        return KeyPlan((), (messages.keychain_refused(want, seen),), (want.address,))
    if entry is None:
        return _new(want, seen, adopted)
    if not entry.is_owned_by(records.stack):
        is_older = all(owner.stack in records.older for owner in entry.owners)
        return _changes(want, "create", "config", "adopted") if adopted and is_older else _foreign(want)
    return _recorded(want, entry, seen)


def _recorded(want: WantedKey, entry: KeychainEntry, seen: Seen) -> KeyPlan:
    if want.given is not None and want.given != entry.fingerprint:
        return _rotated(want)
    if isinstance(seen, Unknown):
        return KeyPlan((_none(want),), (messages.silent(want, seen),))
    if isinstance(seen, Present) and seen.fingerprint == entry.fingerprint:
        return KeyPlan((_none(want),))
    return _drifted(want, isinstance(seen, Absent))


def _drifted(want: WantedKey, is_gone: bool) -> KeyPlan:
    """Gone, or changed by somebody else: what the reference gives is written, unless the endpoint refuses it."""
    if want.given is None and is_gone:
        return KeyPlan((_none(want),), (messages.gone(want),), (want.address,))
    if want.given is None:
        return KeyPlan((_none(want),), (messages.changed_by_hand(want),))
    if want.tested == "refused":
        return KeyPlan((_none(want),))
    if is_gone:
        return _changes(want, "create", "drift", "gone from the keychain")
    return _changes(want, "update", "drift", f"changed in the keychain by somebody else; from {want.origin}")


def _new(want: WantedKey, seen: Seen, adopted: bool) -> KeyPlan:
    if isinstance(seen, Present) and not adopted:
        return _foreign(want)
    if want.given is None and not (adopted and isinstance(seen, Present)):
        return KeyPlan()  # nothing to keep yet; that the key is missing is said where it is asked for
    if want.tested == "refused":
        return KeyPlan()  # the refusal is an error of the endpoint already
    reason = "adopted" if adopted else f"store_key in the gateway file; from {want.origin}"
    return _changes(want, "create", "config", reason)


def _foreign(want: WantedKey) -> KeyPlan:
    return KeyPlan((), (messages.not_ours(want),), (want.address,))


def _inherited(want: WantedKey, before: Slot) -> KeyPlan:
    old = Resource(Address(KEY, before[1]), {"service": before[0], "account": before[1]})
    new, reason = _resource(want), f"moved from {old.address}"
    return KeyPlan(
        (
            Change(
                address=want.address,
                action="update",
                cause="config",
                reason=reason,
                before=old,
                after=new,
                diff=(),
                moved_from=old.address,
                source=want.source,
                scope="machine",
            ),
        )
    )


def _rotated(want: WantedKey) -> KeyPlan:
    if want.tested == "good":
        return _changes(want, "update", "key", f"rotated; from {want.origin}")
    return KeyPlan((_none(want),), (messages.not_rotated(want),), (want.address,))


def _unwanted(
    row: KeychainEntry, entry: KeychainEntry | None, seen: Seen, stack: str, kept: Collection[str]
) -> KeyPlan:
    at = Address(KEY, row.account)
    before = Resource(at, {"service": row.service, "account": row.account})
    others = any(owner.stack != stack for owner in row.owners)

    def gone(action: Action, reason: str) -> KeyPlan:
        return KeyPlan(
            (
                Change(
                    address=at, action=action, cause="config", reason=reason, before=before, after=None, scope="machine"
                ),
            )
        )

    if row.account in kept:
        return gone("forget", "named under `removed` with keep")
    if others:
        return gone("forget", "another gateway file uses the entry still")
    if isinstance(seen, Unknown):
        return KeyPlan((), (messages.silent_and_going(at, seen),), (at,))
    if entry is None or isinstance(seen, Absent):
        return gone("forget", "gone from the keychain already")
    if seen.fingerprint != entry.fingerprint:
        return gone("forget", "changed by somebody else since; it stays in the keychain")
    return gone("delete", f"{at.name} does not keep its key in the keychain any more")


def _changes(want: WantedKey, action: Action, cause: Cause, reason: str) -> KeyPlan:
    found = _resource(want)
    before = None if action == "create" else found
    return KeyPlan(
        (
            Change(
                address=want.address,
                action=action,
                cause=cause,
                reason=reason,
                before=before,
                after=found,
                source=want.source,
                scope="machine",
            ),
        )
    )


def _none(want: WantedKey) -> Change:
    found = _resource(want)
    return Change(
        address=want.address,
        action="none",
        cause=None,
        reason="",
        before=found,
        after=found,
        source=want.source,
        scope="machine",
    )


def _resource(want: WantedKey) -> Resource:
    return Resource(want.address, {"service": want.slot[0], "account": want.slot[1]}, {"origin": want.origin})
