"""The planner's table for owned resources of every kind. It compares desired, recorded and observed resources.

| desired | in the ledger | observed            | action                                                        |
| ------- | ------------- | ------------------- | ------------------------------------------------------------- |
| yes     | no            | Absent, Unknown     | create; before the write, an apply reads the slot again       |
| yes     | no            | Present and equal   | record in the ledger only                                     |
| yes     | no            | Present, other      | blocked NOT_OURS, unless adopted                              |
| yes     | another's     | any                 | blocked NOT_OURS                                              |
| yes     | yes           | Unknown             | none, with a note                                             |
| yes     | yes           | Absent              | create (drift); update, if the desired content has changed    |
| yes     | yes           | Present             | update, if it is not the desired or not the written content   |
| no      | yes           | Present             | delete; forget, if another program changed it or a stack uses |
|         |               |                     | it                                                            |
| no      | yes           | Absent / Unknown    | forget / blocked, kept in the ledger                          |

A row may name a credential of the user in the keychain. Then an unwanted resource is deleted even if the slot is empty,
and the credential is restored. If another program changed the slot, the resource is blocked instead.

The rules of a kind are applied before the table, and may differ from the table.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from reconciler import address
from reconciler.address import Address
from reconciler.diagnostics import Diagnostic
from reconciler.plan.change import Action, Change
from reconciler.plan.owned import messages
from reconciler.plan.owned.values import OwnedCase, OwnedInputs, OwnedPlan, OwnedRules, WantedThing
from reconciler.resources.presence import Absent, OwnedRow, Presence, Present, Unknown, settled, slot_of
from reconciler.resources.resource import Resource
from reconciler.values import dataclass


@dataclass(frozen=True, kw_only=True)
class Leave:
    """The exceptions to the table: slots to take over, resources to forget, and resources that do not change."""

    adopted: frozenset[Address] = frozenset()  # addresses whose slot gwctl may take over
    kept: frozenset[str] = frozenset()  # endpoints whose resources are forgotten, but not deleted
    staying: frozenset[str] = frozenset()  # endpoints whose resources do not change


NO_EXCEPTIONS = Leave()


def plan_owned(wanted: Sequence[WantedThing], inputs: OwnedInputs, leave: Leave = NO_EXCEPTIONS) -> OwnedPlan:
    """Return the plan for all owned resources of one kind."""
    cases = [_case(want, inputs, leave.adopted) for want in wanted]
    taken = {case.want.slot for case in cases} | {
        slot_of(case.want.inherits) for case in cases if case.want.inherits and _is_move(case)
    }
    plans = [_compared(_wanted(case, inputs.rules), case, inputs.rules) for case in cases]
    for slot, row in inputs.rows.items():
        at = _address_of(row, inputs.stack)
        if at and slot not in taken and at.endpoint not in leave.staying:
            seen = inputs.seen.get(slot, Unknown("it was not checked"))
            plans.append(_unwanted(at, row, seen, inputs=inputs, kept=leave.kept))
    return OwnedPlan.all_of(plans)


def _case(want: WantedThing, inputs: OwnedInputs, adopted: Collection[Address]) -> OwnedCase:
    seen = inputs.seen.get(want.slot, Absent())
    row = inputs.rows.get(want.slot)
    row = settled(row, seen) if row else None
    return OwnedCase(
        want=want,
        row=row,
        seen=seen,
        is_ours=row is not None and row.is_owned_by(inputs.stack),
        is_older=row is not None and all(owner.stack in inputs.older for owner in row.owners),
        is_adopted=want.address in adopted or want.address.whole in adopted,
        seen_of_kind=inputs.seen,
        rows_of_kind=inputs.rows,
    )


def _compared(plan: OwnedPlan, case: OwnedCase, rules: OwnedRules) -> OwnedPlan:
    """Return the plan with the differences that the rules add to each change."""
    if all(change.action == "none" for change in plan.changes):
        return plan
    diff = rules.differences(case.row if case.is_ours else None, case.want)
    return replace(plan, changes=tuple(replace(change, diff=diff) for change in plan.changes))


def _address_of(row: OwnedRow, stack: str) -> Address | None:
    """Return the address of the ledger's row in this stack, or None if this stack does not own the row."""
    owner = next((owner for owner in row.owners if owner.stack == stack), None)
    return address.parse(owner.address, [row.slot.kind]) if owner else None


def _wanted(case: OwnedCase, rules: OwnedRules) -> OwnedPlan:
    if case.want.inherits and _is_move(case):
        return OwnedPlan((_moved(case.want, case.want.inherits),))
    judged = rules.judge(case)
    if judged is not None:
        return judged
    if case.row is None:
        return _new(case)
    if not case.is_ours:
        may = case.is_adopted and case.is_older
        return OwnedPlan((case.want.change("create", "config", "adopted"),)) if may else foreign(case)
    return _recorded(case, case.row, rules)


def foreign(case: OwnedCase) -> OwnedPlan:
    """Return the plan for a slot that this stack does not own. The resource is blocked with an error."""
    return OwnedPlan((), (messages.not_ours(case),), (case.want.address,))


def _is_move(case: OwnedCase) -> bool:
    return case.row is None and case.want.inherits is not None and isinstance(case.seen, Absent)


def _new(case: OwnedCase) -> OwnedPlan:
    want = case.want
    if isinstance(case.seen, Present) and case.seen.fingerprint == want.fingerprint:
        return OwnedPlan((replace(want.unchanged, before=None),))
    if isinstance(case.seen, Present) and not case.is_adopted:
        return foreign(case)
    return OwnedPlan((want.change("create", "config", "adopted" if case.is_adopted else want.reason),))


def _recorded(case: OwnedCase, row: OwnedRow, rules: OwnedRules) -> OwnedPlan:
    want, seen = case.want, case.seen
    if isinstance(seen, Unknown):
        return OwnedPlan((want.unchanged,), (messages.unknown(want, seen, rules),))
    if want.fingerprint not in (None, row.fingerprint):
        return OwnedPlan((want.change("update", *want.changed),))
    if isinstance(seen, Absent):
        return OwnedPlan((want.change("create", "drift", f"no longer in the {rules.kind.place}"),))
    if seen.fingerprint == row.fingerprint:
        return OwnedPlan((want.unchanged,))
    reason = f"changed in the {rules.kind.place} by another program; from {want.origin}"
    return OwnedPlan((want.change("update", "drift", reason),))


def _moved(want: WantedThing, before: Resource) -> Change:
    """Return the change that moves the content of the old slot to the new slot."""
    change = want.change("update", "config", f"moved from {before.address}")
    return replace(change, before=before, moved_from=before.address)


def _unwanted(at: Address, row: OwnedRow, seen: Presence, *, inputs: OwnedInputs, kept: Collection[str]) -> OwnedPlan:
    there = settled(row, seen)

    def gone(action: Action, reason: str) -> OwnedPlan:
        before = row.slot.resource(at)
        change = Change(address=at, action=action, cause="config", reason=reason, before=before, scope="machine")
        diff = inputs.rules.differences(row, None) if action == "delete" else ()
        return OwnedPlan((replace(change, diff=diff),))

    place = inputs.rules.kind.place
    if at.endpoint in kept:
        return gone("forget", "in `removed` with `keep`")
    if row.is_shared(inputs.stack):
        return gone("forget", "another gateway file still uses the entry")
    stays = _why_stays(at, row, seen, inputs.rules)
    if stays:
        return OwnedPlan((), (stays,), (at,))
    if there is None or (isinstance(seen, Absent) and not there.keeps):
        return gone("forget", f"no longer in the {place}")
    if isinstance(seen, Present) and seen.fingerprint != there.fingerprint:
        return gone("forget", f"changed by another program, so it stays in the {place}")
    return gone("delete", inputs.rules.unwanted(at))


def _why_stays(at: Address, row: OwnedRow, seen: Presence, rules: OwnedRules) -> Diagnostic | None:
    """Return the reason why an unwanted resource stays in the ledger. If the resource goes, return None."""
    if isinstance(seen, Unknown):
        return messages.unknown_and_going(at, seen, rules)
    there = settled(row, seen)
    is_changed = there is not None and isinstance(seen, Present) and seen.fingerprint != there.fingerprint
    return messages.not_put_back(at, row, rules) if there is not None and there.keeps and is_changed else None
