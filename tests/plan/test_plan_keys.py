"""The table of owned resources with the rules of kept keys: desired against the ledger against the keychain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler import address
from reconciler.address import KEY, Address
from reconciler.owned.key_rules import KeyFacts, KeyRules, Tested
from reconciler.plan.desired import Desired, WantedResource
from reconciler.plan.owned.table import Leave, plan_owned
from reconciler.plan.owned.values import OwnedInputs, OwnedPlan, WantedThing
from reconciler.resources.presence import (
    Absent,
    OwnedRow,
    Owner,
    Presence,
    Present,
    Slot,
    Status,
    Unknown,
    settled,
)
from reconciler.resources.resource import Resource
from tests.support.laws import examples

SLOT = Slot(KEY, ("gwctl:acme", "a"))
AT = Address(KEY, "a")
OURS, OTHERS = "lineage-1", "lineage-2"
SILENT = Unknown("it is locked", "unlock it")
REFUSED = Unknown("the null backend", "use another", refused=True)
ENDPOINT = Resource(address.endpoint("a"), {})
DESIRED = Desired(wanted={ENDPOINT.address: WantedResource(ENDPOINT, "config", "")})


def want(given: str | None = "k1", tested: Tested = "good") -> KeyFacts:
    return facts(WantedThing(address=AT, slot=SLOT, fingerprint=given, **WORDS), tested)


WORDS = {"origin": "env K", "reason": "store_key in the gateway file", "changed": ("key", "rotated")}


def facts(wanted: WantedThing, tested: Tested = "good") -> KeyFacts:
    return KeyFacts(want=wanted, tested=tested, strict=True)


def row(fingerprint: str = "k1", status: Status = "present", pending: str = "", *lineages: str) -> OwnedRow:
    owners = tuple(
        Owner(stack=lineage, lineage=lineage, address="key.a", name="acme", place="state.json")
        for lineage in lineages or (OURS,)
    )
    return OwnedRow(slot=SLOT, fingerprint=fingerprint, status=status, pending=pending, owners=owners)


def planned(inputs: OwnedInputs, desired: Desired = DESIRED, **leave: frozenset) -> OwnedPlan:
    return plan_owned(inputs.rules.wanted(desired), inputs, Leave(**leave))


def plan(wanted: KeyFacts | None, entry: OwnedRow | None, seen: Presence, **leave: frozenset) -> OwnedPlan:
    rules = KeyRules({AT: wanted} if wanted else {})
    rows = {SLOT: entry} if entry else {}
    return planned(OwnedInputs(rules=rules, rows=rows, seen={SLOT: seen}, stack=OURS), **leave)


def shown(owned_plan: OwnedPlan) -> str:
    actions = [f"{change.action} {change.cause}" for change in owned_plan.changes if change.action != "none"]
    return ", ".join(actions + [diagnostic.code for diagnostic in owned_plan.diagnostics]) or "nothing"


TABLE = [
    # desired, in the ledger, observed → what happens
    (want(), None, Absent(), "create config"),
    (want(), None, SILENT, "create config"),
    (want(), None, Present("k1"), "NOT_OURS"),
    (want(), None, Present("k9"), "NOT_OURS"),
    (want(), None, REFUSED, "KEYCHAIN_REFUSED"),
    (want(), row(), REFUSED, "KEYCHAIN_REFUSED"),
    (want(None), None, Absent(), "nothing"),
    (want("k1", "refused"), None, Absent(), "nothing"),
    (want("k1", "untested"), None, Absent(), "create config"),
    (want(), row(), Present("k1"), "nothing"),
    (want(None), row(), Present("k1"), "nothing"),
    (want("k2"), row(), Present("k1"), "update key"),
    (want("k2"), row(), Absent(), "update key"),
    (want("k2", "refused"), row(), Present("k1"), "ROTATED_KEY_REFUSED"),
    (want("k2", "untested"), row(), Present("k1"), "ROTATED_KEY_UNTESTED"),
    (want(), row(), Absent(), "create drift"),
    (want("k1", "refused"), row(), Absent(), "nothing"),
    (want(), row(), Present("k9"), "update drift"),
    (want("k1", "refused"), row(), Present("k9"), "nothing"),
    (want(), row(), SILENT, "KEYCHAIN_UNKNOWN"),
    (want(None), row(), Absent(), "KEYCHAIN_ENTRY_GONE"),
    (want(None), row(), Present("k9"), "KEYCHAIN_DRIFT"),
    (want(), row("k1", "present", "", OTHERS), Present("k1"), "NOT_OURS"),
    (want("k2"), row("k1", "present", "", OTHERS), Present("k1"), "NOT_OURS"),
    (None, row(), Present("k1"), "delete config"),
    (None, row(), Present("k9"), "forget config"),
    (None, row(), Absent(), "forget config"),
    (None, row(), SILENT, "KEYCHAIN_UNKNOWN"),
    (None, row("k1", "present", "", OURS, OTHERS), Present("k1"), "forget config"),
    (None, row("k1", "present", "", OTHERS), Present("k1"), "nothing"),
    (None, None, Present("k1"), "nothing"),
    # begun and not ended
    (want(), row("", "writing", "k1"), Present("k1"), "nothing"),
    (want(), row("", "writing", "k1"), Absent(), "create config"),
    (want(), row("", "writing", "k1"), Present("k9"), "NOT_OURS"),
    (want("k2"), row("k1", "writing", "k2"), Present("k2"), "nothing"),
    (want("k2"), row("k1", "writing", "k2"), Present("k1"), "update key"),
    (want(), row("k1", "deleting"), Present("k1"), "nothing"),
    (want(), row("k1", "deleting"), Absent(), "create config"),
    (None, row("", "writing", "k1"), Present("k1"), "delete config"),
    (None, row("", "writing", "k1"), Absent(), "forget config"),
    (None, row("", "writing", "k1"), Present("k9"), "forget config"),
    (None, row("k1", "deleting"), Present("k1"), "delete config"),
    (None, row("k1", "deleting"), Absent(), "forget config"),
]


@pytest.mark.parametrize(("wanted", "entry", "seen", "expected"), TABLE)
def test_the_table(wanted: KeyFacts | None, entry: OwnedRow | None, seen: Presence, expected: str) -> None:
    assert shown(plan(wanted, entry, seen)) == expected


def test_what_is_adopted_is_ours() -> None:
    assert shown(plan(want(), None, Present("k9"), adopted=frozenset({AT}))) == "create config"
    assert shown(plan(want(None), None, Present("k9"), adopted=frozenset({AT}))) == "create config"
    assert shown(plan(want(None), None, Absent(), adopted=frozenset({AT}))) == "nothing"


def test_another_stack_s_entry_is_never_adopted_and_one_of_an_older_gwctl_is() -> None:
    entry = row("k1", "present", "", OTHERS)
    assert shown(plan(want(), entry, Present("k1"), adopted=frozenset({AT}))) == "NOT_OURS"
    inputs = OwnedInputs(
        rules=KeyRules({AT: want(None)}),
        rows={SLOT: entry},
        seen={SLOT: Present("k1")},
        stack=OURS,
        older=frozenset({OTHERS}),
    )
    assert shown(planned(inputs)) == "NOT_OURS"
    assert shown(planned(inputs, adopted=frozenset({AT}))) == "create config"


def test_no_key_is_kept_of_an_endpoint_that_is_not_recorded() -> None:
    inputs = OwnedInputs(rules=KeyRules({AT: want()}), seen={SLOT: Absent()}, stack=OURS)
    assert shown(planned(inputs, Desired())) == "nothing"
    assert shown(planned(inputs)) == "create config"


def test_what_belongs_to_an_endpoint_that_stays_is_left_alone() -> None:
    assert shown(plan(None, row(), Present("k1"), staying=frozenset({"a"}))) == "nothing"


def test_removed_with_keep_only_forgets() -> None:
    assert shown(plan(None, row(), Present("k1"), kept=frozenset({"a"}))) == "forget config"


def test_a_rename_takes_the_entry_along_in_one_change() -> None:
    at, slot = Address(KEY, "b"), Slot(KEY, ("gwctl:acme", "b"))
    new = facts(WantedThing(address=at, slot=slot, fingerprint=None, inherits=SLOT.resource(AT), **WORDS))
    inputs = OwnedInputs(
        rules=KeyRules({at: new}), rows={SLOT: row()}, seen={SLOT: Present("k1"), slot: Absent()}, stack=OURS
    )
    (change,) = planned(inputs).changes
    assert (change.address, change.action, change.moved_from) == (at, "update", AT)


FINGERPRINTS = st.sampled_from(["k1", "k2", "k9"])
ENTRIES = st.none() | st.builds(
    row,
    st.sampled_from(["", "k1", "k2"]),
    st.sampled_from(["present", "writing", "deleting"]),
    FINGERPRINTS,
    st.sampled_from([OURS, OTHERS]),
)
SEEN = st.builds(Present, FINGERPRINTS) | st.just(Absent()) | st.just(SILENT) | st.just(REFUSED)
WANTED = st.none() | st.builds(want, st.none() | FINGERPRINTS, st.sampled_from(["good", "refused", "untested"]))


@examples(1000)
@given(WANTED, ENTRIES, SEEN)
def test_nothing_is_deleted_or_overwritten_that_the_ledger_does_not_vouch_for(
    wanted: KeyFacts | None, entry: OwnedRow | None, seen: Presence
) -> None:
    planned = plan(wanted, entry, seen)
    there = settled(entry, seen) if entry else None
    for change in planned.changes:
        if change.action == "delete":
            assert entry is not None
            assert entry.is_owned_by(OURS)
            assert isinstance(seen, Present)
            assert there is not None
            assert there.fingerprint == seen.fingerprint
        if change.action in ("create", "update") and isinstance(seen, Present):
            assert there is not None
    if wanted and wanted.tested == "refused":
        writes = [change for change in planned.changes if change.action in ("create", "update")]
        assert all(write.reason == "kept already, for another gateway file" for write in writes)


@examples(1000)
@given(WANTED, ENTRIES, SEEN)
def test_after_it_is_carried_out_there_is_nothing_left_to_do(
    wanted: KeyFacts | None, entry: OwnedRow | None, seen: Presence
) -> None:
    planned = plan(wanted, entry, seen)
    if isinstance(seen, Unknown) or planned.diagnostics:
        return
    entry = settled(entry, seen) if entry else None
    for change in planned.changes:
        if change.action in ("create", "update"):
            now = (wanted.want.fingerprint if wanted else None) or (
                seen.fingerprint if isinstance(seen, Present) else ""
            )
            entry, seen = row(now), Present(now)
        elif change.action == "delete":
            entry, seen = None, Absent()
        elif change.action == "forget":
            entry = None
    again = plan(wanted, entry, seen)
    assert [change for change in again.changes if change.action != "none"] == []
