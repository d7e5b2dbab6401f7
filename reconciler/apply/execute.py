"""The apply of a plan: one compare-and-swap write of the state, then the ledger and the owned resources."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from reconciler.address import Address
from reconciler.apply.owned import OwnedContext, carry_out, settle
from reconciler.apply.write_state import OnWait, ReadState, write_state
from reconciler.diagnostics import Diagnostic
from reconciler.errors import Failed
from reconciler.files.atomic_file import OwnFile
from reconciler.ledger.machine_rows import MachineRows
from reconciler.plan.change import Change, Owning, Plan
from reconciler.plan.outcome import Outcome, Result
from reconciler.resources.recorded_past import NOTHING, RecordedPast
from reconciler.state.document import State, Written
from reconciler.state.stores.store import Store
from reconciler.values import dataclass

Results = dict[tuple[Owning, Address], Result]


@dataclass(frozen=True)
class OwnRows:
    """This machine's records in the ledger. `stack` owns the records.

    `version` is the digest of the records as they were read.
    """

    stack: str
    machine: MachineRows
    version: str


@dataclass(frozen=True, kw_only=True)
class ApplyContext:
    """The inputs of an apply: the state as it was read, and the stores that record the results."""

    state: State
    version: str | None  # of the stored bytes
    store: Store
    written: Written  # who applies, and when
    new_lineage: str  # for a state that this apply creates
    spare: OwnFile  # the file for the new state if the store cannot be written
    own: OwnRows | None  # None if this machine's records do not change
    owned: OwnedContext | None = None  # None if owned resources were not observed
    past: RecordedPast = NOTHING  # what the new state records about past applies
    on_wait: OnWait = lambda _: None  # called with a message while another run holds the lock
    on_lineage: Callable[[str], None] = lambda _: None  # called with the lineage of the state
    on_recorded: Callable[[], tuple[Diagnostic, ...]] = tuple  # called when state and ledger have the plan's records


def execute(plan: Plan, context: ApplyContext) -> Outcome:
    """Apply the plan and return the results. If the plan neither changes nor records anything, write nothing.

    If the state cannot be written, stop before any other write.
    """
    state, shared = context.state, _of(plan, "shared")
    if shared or _remembers(plan, "shared") or (plan.scope != "machine" and (state.older or _begins(plan, state))):
        state = _following(plan, context)
        try:
            before = ReadState(context.state, context.version)
            write_state(context.store, state, before=before, spare=context.spare, on_wait=context.on_wait)
        except Failed as fault:
            return Outcome(_all(plan, "failed"), context.state.lineage, context.state.serial, tuple(fault.diagnostics))
    results: Results = dict.fromkeys((change.at for change in shared), "done")
    try:
        context.on_lineage(state.lineage)
        _use_plan(plan, context)
        results |= _recorded(plan, context, state.lineage)
        diagnostics = context.on_recorded()
        outcome = _owned(plan, context, state, results)
        return replace(outcome, diagnostics=(*diagnostics, *outcome.diagnostics))
    except Failed as fault:
        return Outcome(_all(plan, "failed") | results, state.lineage, state.serial, tuple(fault.diagnostics))


def _following(plan: Plan, context: ApplyContext) -> State:
    state = context.state.begun(context.new_lineage)
    if not (shared := _of(plan, "shared")) and not _remembers(plan, "shared"):
        return state.renewed(context.written)
    kept = (change.after for change in plan.changes if change.after and change.scope == "shared")
    state = state.following(kept, context.written)
    return replace(state, past=context.past) if shared else state


def _begins(plan: Plan, state: State) -> bool:
    """Return whether an apply must first write an empty state.

    This machine's records need the lineage of a state.
    """
    return not state.lineage and bool(_of(plan, "machine"))


def _remembers(plan: Plan, owner: Owning) -> bool:
    return any(change.scope == owner and not change.address.is_owned for change in plan.to_remember)


def _of(plan: Plan, owner: Owning) -> list[Change]:
    return [change for change in plan.effective if change.scope == owner and not change.address.is_owned]


def _use_plan(plan: Plan, context: ApplyContext) -> None:
    """Record in the ledger that a saved plan for this machine was applied. The state itself records shared plans."""
    if context.written.plan and context.own and any(change.scope == "machine" for change in plan.effective):
        context.own.machine.use_plan(context.written.plan)


def _recorded(plan: Plan, context: ApplyContext, lineage: str) -> Results:
    changed, own = _of(plan, "machine"), context.own
    if own is None:
        return {}
    if changed or _remembers(plan, "machine"):
        mine = (change for change in plan.changes if change.scope == "machine" and not change.address.is_owned)
        own.machine.write((own.stack, lineage), (change.after for change in mine if change.after), own.version)
    if plan.scope != "shared" and context.owned:  # only then may the run use the ledger
        own.machine.renew()
    return dict.fromkeys((change.at for change in changed), "done")


def _owned(plan: Plan, context: ApplyContext, state: State, results: Results) -> Outcome:
    if context.owned is None:
        return Outcome(results, state.lineage, state.serial)
    try:
        settle(context.owned)
    except Failed as fault:
        return Outcome(_all(plan, "failed") | results, state.lineage, state.serial, tuple(fault.diagnostics))
    changes = (change for change in (*plan.effective, *plan.to_remember) if change.address.is_owned)
    done = carry_out(context.owned, changes, state.lineage)
    results |= {change.at: "failed" if fault else "done" for change, fault in done if fault or change.action != "none"}
    return Outcome(results, state.lineage, state.serial, tuple(fault for _, fault in done if fault))


def leave(plan: Plan, result: Literal["blocked", "skipped"]) -> Outcome:
    """Return the outcome of an apply that changed nothing. The guard `blocked` the apply, or the user `skipped` it."""
    return Outcome(_all(plan, result), plan.lineage or "", plan.serial or 0)


def _all(plan: Plan, result: Result) -> Results:
    return dict.fromkeys((change.at for change in plan.effective), result)
