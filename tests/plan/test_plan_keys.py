"""The table of kept keys: desired against the ledger against the keychain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.address import KEY, Address
from reconciler.plan.owned.table import plan_keys
from reconciler.plan.owned.values import KeyPlan, KeyRecords, Tested, WantedKey
from reconciler.resources.presence import Absent, KeychainEntry, Owner, Present, Seen, Unknown, settled
from tests.support.laws import examples

SLOT = ("gwctl:acme", "a")
AT = Address(KEY, "a")
OURS, OTHERS = "lineage-1", "lineage-2"
SILENT = Unknown("it is locked", "unlock it")
REFUSED = Unknown("the null backend", "use another", refused=True)


def want(given: str | None = "k1", tested: Tested = "good") -> WantedKey:
    return WantedKey(address=AT, slot=SLOT, given=given, origin="env K", tested=tested)


def row(fingerprint: str = "k1", status: str = "present", pending: str = "", *lineages: str) -> KeychainEntry:
    owners = tuple(
        Owner(stack=each, lineage=each, address="key.a", name="acme", place="state.json")
        for each in lineages or (OURS,)
    )
    return KeychainEntry(
        service=SLOT[0], account=SLOT[1], fingerprint=fingerprint, status=status, pending=pending, owners=owners
    )


def plan(wanted: WantedKey | None, entry: KeychainEntry | None, seen: Seen, **more) -> KeyPlan:
    records = KeyRecords({SLOT: entry} if entry else {}, {SLOT: seen}, OURS)
    return plan_keys([wanted] if wanted else [], records, **more)


def shown(found: KeyPlan) -> str:
    actions = [f"{each.action} {each.cause}" for each in found.changes if each.action != "none"]
    return ", ".join(actions + [each.code for each in found.diagnostics]) or "nothing"


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
def test_the_table(wanted: WantedKey | None, entry: KeychainEntry | None, seen: Seen, expected: str) -> None:
    assert shown(plan(wanted, entry, seen)) == expected


def test_what_is_adopted_is_ours() -> None:
    assert shown(plan(want(), None, Present("k9"), adopted=[AT])) == "create config"
    assert shown(plan(want(None), None, Present("k9"), adopted=[AT])) == "create config"
    assert shown(plan(want(None), None, Absent(), adopted=[AT])) == "nothing"


def test_another_stack_s_entry_is_never_adopted_and_one_of_an_older_gwctl_is() -> None:
    entry = row("k1", "present", "", OTHERS)
    assert shown(plan(want(), entry, Present("k1"), adopted=[AT])) == "NOT_OURS"
    records = KeyRecords({SLOT: entry}, {SLOT: Present("k1")}, OURS, frozenset({OTHERS}))
    assert shown(plan_keys([want(None)], records)) == "NOT_OURS"
    assert shown(plan_keys([want(None)], records, [AT])) == "create config"


def test_removed_with_keep_only_forgets() -> None:
    assert shown(plan(None, row(), Present("k1"), kept={"a"})) == "forget config"


def test_a_rename_takes_the_entry_along_in_one_change() -> None:
    new = WantedKey(
        address=Address(KEY, "b"),
        slot=("gwctl:acme", "b"),
        given=None,
        origin="env K",
        tested="good",
        source=None,
        inherits=SLOT,
    )
    records = KeyRecords({SLOT: row()}, {SLOT: Present("k1"), new.slot: Absent()}, OURS)
    (change,) = plan_keys([new], records).changes
    assert (change.address, change.action, change.moved_from) == (new.address, "update", AT)


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
    wanted: WantedKey | None, entry: KeychainEntry | None, seen: Seen
) -> None:
    found = plan(wanted, entry, seen)
    there = settled(entry, seen) if entry else None
    for change in found.changes:
        if change.action == "delete":
            assert entry is not None
            assert entry.is_owned_by(OURS)
            assert isinstance(seen, Present)
            assert there is not None
            assert there.fingerprint == seen.fingerprint
        if change.action in ("create", "update") and isinstance(seen, Present):
            assert there is not None
    if wanted and wanted.tested == "refused":
        writes = [each for each in found.changes if each.action in ("create", "update")]
        assert all(each.reason == "kept already, for another gateway file" for each in writes)


@examples(1000)
@given(WANTED, ENTRIES, SEEN)
def test_after_it_is_carried_out_there_is_nothing_left_to_do(
    wanted: WantedKey | None, entry: KeychainEntry | None, seen: Seen
) -> None:
    found = plan(wanted, entry, seen)
    if isinstance(seen, Unknown) or found.diagnostics:
        return
    entry = settled(entry, seen) if entry else None
    for change in found.changes:
        if change.action in ("create", "update"):
            now = (wanted.given if wanted else None) or (seen.fingerprint if isinstance(seen, Present) else "")
            entry, seen = row(now), Present(now)
        elif change.action == "delete":
            entry, seen = None, Absent()
        elif change.action == "forget":
            entry = None
    again = plan(wanted, entry, seen)
    assert [each for each in again.changes if each.action != "none"] == []
