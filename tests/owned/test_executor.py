"""The executor and the table with a kind in memory: what was changed after the plan, failures, the order of kinds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from reconciler.address import KEY, KINDS, Address
from reconciler.apply.owned import OwnedContext, carry_out, settle
from reconciler.codes import Code
from reconciler.ledger.owned_rows import OwnedRows
from reconciler.owned.kind import OwnedFault, Preparation
from reconciler.plan.change import Change
from reconciler.plan.owned.table import Leave, plan_owned
from reconciler.plan.owned.values import OwnedInputs, OwnedPlan, WantedThing
from reconciler.resources.presence import Absent, OwnedRow, Owner, Presence, Present, Slot, Unknown, slot_of
from tests.owned.note_kind import NOTE, NoteRules

HERE = Slot(NOTE, ("/notes/it.txt",))
AT = Address(NOTE, "it")
US, THEM = "stack-1", "stack-2"


@dataclass
class Memory:
    """A kind whose slots are a dictionary; what it is asked to do is noted."""

    there: dict[Slot, str] = field(default_factory=dict)
    fails: frozenset[Slot] = frozenset()
    done: list[str] = field(default_factory=list)
    failed_code = Code("NOTE_FAILED")

    def observe(self, slots: Iterable[Slot]) -> dict[Slot, Presence]:
        return {slot: Present(self.there[slot]) if slot in self.there else Absent() for slot in slots}

    def prepare(self, change: Change) -> Preparation:
        assert change.after
        return Preparation(fingerprint=change.after.facts["text"], backup=self.there.get(slot_of(change.after), ""))

    def write(self, change: Change) -> None:
        assert change.after
        slot = slot_of(change.after)
        self._may(slot)
        self.there[slot] = change.after.facts["text"]
        self.done.append(f"write {slot}")

    def remove(self, row: OwnedRow) -> None:
        self._may(row.slot)
        del self.there[row.slot]
        self.done.append(f"remove {row.slot}")

    def tidy(self, row: OwnedRow) -> None:
        self.done.append(f"tidy {row.slot}")

    def _may(self, slot: Slot) -> None:
        if slot in self.fails:
            raise OwnedFault("it is out of order", "mend it")


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OwnedRows:
    monkeypatch.setitem(KINDS, NOTE.name, NOTE)
    return OwnedRows(tmp_path / "ledger.sqlite3")


def context(memory: Memory, ledger: OwnedRows, seen: dict[Slot, Presence] | None = None, **kinds) -> OwnedContext:
    stored = seen if seen is not None else memory.observe([*ledger.read(), *memory.there])
    return OwnedContext(
        kinds={NOTE: memory, **kinds}, ledger=ledger, rows=ledger.read(), seen=stored, stack=US, name="acme", place="s"
    )


def want(text: str = "new", slot: Slot = HERE, address: Address = AT) -> WantedThing:
    return WantedThing(
        address=address, slot=slot, fingerprint=text, origin="models", reason="wanted", facts={"text": text}
    )


def going(slot: Slot = HERE, address: Address = AT) -> Change:
    return Change(address=address, action="delete", cause="config", before=slot.resource(address), scope="machine")


def test_what_came_there_after_the_plan_was_made_is_left_alone(ledger: OwnedRows) -> None:
    memory = Memory({HERE: "theirs"})
    ((_, fault),) = carry_out(context(memory, ledger, {HERE: Absent()}), [want().change("create", "config", "")], "l")
    assert fault is not None
    assert (fault.code, memory.there, ledger.read()) == ("NOTE_FAILED", {HERE: "theirs"}, {})


@pytest.mark.parametrize("change", [want().change("update", "config", ""), going()], ids=["update", "delete"])
def test_what_was_edited_after_the_plan_was_made_is_left_alone(ledger: OwnedRows, change: Change) -> None:
    memory = Memory()
    carry_out(context(memory, ledger), [want("old").change("create", "config", "")], "l")
    planned = context(memory, ledger)
    memory.there[HERE] = "edited"
    ((_, fault),) = carry_out(planned, [change], "l")
    assert fault is not None
    assert memory.there == {HERE: "edited"}
    assert ledger.read()[HERE].status == "present"


def test_what_the_ledger_does_not_have_is_not_removed(ledger: OwnedRows) -> None:
    """A saved plan may be older than the ledger, or made up."""
    memory = Memory({HERE: "theirs"})
    ((_, fault),) = carry_out(context(memory, ledger), [going()], "l")
    assert fault and "the ledger does not have" in fault.summary and "gwctl plan" in fault.hint
    assert memory.there == {HERE: "theirs"} and memory.done == []


def test_what_the_plan_saw_may_be_overwritten(ledger: OwnedRows) -> None:
    memory = Memory({HERE: "theirs"})
    assert carry_out(context(memory, ledger), [want().change("create", "config", "adopted")], "l")[0][1] is None
    assert (memory.there, ledger.read()[HERE].backup) == ({HERE: "new"}, "theirs")
    carry_out(context(memory, ledger), [want("newer").change("update", "config", "")], "l")
    assert ledger.read()[HERE].backup == "theirs", "the first one is what is given back"


def test_what_is_there_as_it_is_wanted_is_recorded_and_not_written(ledger: OwnedRows) -> None:
    memory = Memory({HERE: "new"})
    (change,) = plan({}, {HERE: Present("new")}).changes
    assert (change.action, change.before, change.is_to_remember) == ("none", None, True)
    carry_out(context(memory, ledger), [change], "l")
    assert (memory.done, ledger.read()[HERE].status) == ([], "present")


def test_one_that_fails_stops_no_other(ledger: OwnedRows) -> None:
    there = Slot(NOTE, ("/notes/that.txt",))
    memory = Memory(fails=frozenset({HERE}))
    wanted = [want(), want(slot=there, address=Address(NOTE, "that"))]
    done = carry_out(context(memory, ledger), [each.change("create", "config", "") for each in wanted], "l")
    assert [fault.code if fault else "" for _, fault in done] == ["NOTE_FAILED", ""]
    assert memory.there == {there: "new"}
    assert {slot: row.status for slot, row in ledger.read().items()} == {HERE: "writing", there: "present"}
    settle(context(memory, ledger))
    assert list(ledger.read()) == [there], "nothing came of it"
    assert f"tidy {HERE}" in memory.done


def test_kinds_are_written_in_their_order_and_removed_in_the_reverse_one(ledger: OwnedRows) -> None:
    key, keys = Slot(KEY, ("gwctl:acme", "it")), Memory()
    at, memory = Address(KEY, "it"), Memory(done=keys.done)
    built = [want().change("create", "config", ""), want(slot=key, address=at).change("create", "config", "")]
    carry_out(replace(context(memory, ledger), kinds={NOTE: memory, KEY: keys}), built, "l")
    assert keys.done == [f"write {key}", f"write {HERE}"]
    seen = {key: Present("new"), HERE: Present("new")}
    carry_out(replace(context(memory, ledger, seen), kinds={NOTE: memory, KEY: keys}), [going(key, at), going()], "l")
    assert keys.done[2:] == [f"remove {HERE}", f"remove {key}"]


def plan(rows: dict[Slot, OwnedRow], seen: dict[Slot, Presence], *, wanted: bool = True, **leave) -> OwnedPlan:
    inputs = OwnedInputs(rules=NoteRules({}, str), rows=rows, seen=seen, stack=US)
    return plan_owned([want()] if wanted else [], inputs, Leave(**leave))


def row(text: str = "new", *stacks: str) -> OwnedRow:
    owners = [Owner(stack=stack, lineage="l", address=str(AT), name="acme", place=stack) for stack in stacks or (US,)]
    return OwnedRow(slot=HERE, fingerprint=text, status="present", owners=tuple(owners))


TABLE = [
    # desired, in the ledger, observed → what happens
    (True, None, Absent(), "create config"),
    (True, None, Unknown("?"), "create config"),
    (True, None, Present("new"), "nothing"),
    (True, None, Present("other"), "NOT_OURS"),
    (True, row("new", THEM), Present("new"), "NOT_OURS"),
    (True, row("new", THEM), Absent(), "NOT_OURS"),
    (True, row(), Unknown("?"), "NOTE_UNKNOWN"),
    (True, row("old"), Unknown("?"), "NOTE_UNKNOWN"),
    (True, row(), Absent(), "create drift"),
    (True, row("old"), Absent(), "update config"),
    (True, row("old"), Present("old"), "update config"),
    (True, row("old"), Present("other"), "update config"),
    (True, row(), Present("new"), "nothing"),
    (True, row(), Present("other"), "update drift"),
    (False, row(), Present("new"), "delete config"),
    (False, row(), Present("other"), "forget config"),
    (False, row(), Absent(), "forget config"),
    (False, row(), Unknown("?"), "NOTE_UNKNOWN"),
    (False, row("new", US, THEM), Present("new"), "forget config"),
    (False, row("new", THEM), Present("new"), "nothing"),
]


@pytest.mark.parametrize(("wanted", "recorded", "seen", "expected"), TABLE)
def test_the_table(wanted: bool, recorded: OwnedRow | None, seen: Presence, expected: str) -> None:
    planned = plan({HERE: recorded} if recorded else {}, {HERE: seen}, wanted=wanted)
    actions = [f"{change.action} {change.cause}" for change in planned.changes if change.action != "none"]
    assert (", ".join(actions + [diagnostic.code for diagnostic in planned.diagnostics]) or "nothing") == expected


def test_a_slot_of_another_stack_is_refused_with_its_name() -> None:
    (refused,) = plan({HERE: row("new", THEM)}, {HERE: Present("new")}, adopted=frozenset({AT})).diagnostics
    assert "acme (stack-2)" in refused.summary


def test_a_slot_that_another_stack_took_after_the_plan_stays_with_that_stack(ledger: OwnedRows) -> None:
    """Even if both want the same content: only one of them can give it back."""
    memory = Memory()
    ours = context(memory, ledger)
    theirs = Owner(stack=THEM, lineage="l", address=str(AT), name="beta", place="t")
    assert ledger.begin_write(HERE, theirs, pending="new", facts={}) is None
    memory.there[HERE] = "new"
    ledger.end_write(HERE)
    ((_, diagnostic),) = carry_out(ours, [want().change("create", "config", "wanted")], "l")
    assert diagnostic is not None
    assert "beta (t)" in diagnostic.summary
    assert [owner.stack for owner in ledger.read()[HERE].owners] == [THEM]
    assert memory.done == []
