"""The steps of planning, in their order: from the inputs of a run to the plan. All functions are pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from reconciler.diagnostics import Diagnostic, has_errors
from reconciler.plan.change import Change, Plan
from reconciler.plan.consents import NO_CONSENT, Consents
from reconciler.plan.desired import Desired, Dropped
from reconciler.plan.guard import guard, idle_consents
from reconciler.plan.inputs import Inputs
from reconciler.plan.planner import plan_changes
from reconciler.plan.resolve.endpoint import is_unseen
from reconciler.plan.resolve.messages import to_be_recorded
from reconciler.plan.resolve.moves import Lifecycle
from reconciler.plan.resolve.scoped import not_handed_over, resolve_machine, resolve_shared
from reconciler.plan.resolve.scopes import Division
from reconciler.resources.recorded_past import NOTHING

if TYPE_CHECKING:
    from reconciler.plan.owned.values import OwnedInputs, OwnedPlan, WantedThing


def make_plan(inputs: Inputs) -> Plan:
    """Return the plan for these inputs, with all diagnostics of planning."""
    consents = replace(inputs.consents, removed=inputs.division.removed)
    division = inputs.division.handing_over(partial(_is_unseen, inputs))
    shared = resolve_shared(division, inputs.observations, consents)
    own = resolve_machine(division, shared, inputs.observations, consents)
    theirs = _with_drift(_changes(shared, division.shared), division)
    changes = (*theirs, *_own_changes(own, division.machine))
    desired = shared.joined(own)
    outside = plan_all_owned(inputs.owned, division, consents, desired)
    diagnostics = (*_followed(division), *_waiting(division), *desired.diagnostics, *outside.diagnostics)
    plan = _guarded(inputs, (*changes, *outside.changes), consents, diagnostics)
    plan = replace(
        plan,
        held=desired.held,
        blocked=(*desired.blocked, *outside.blocked),
        observations=inputs.observations,
        pairs=inputs.pairs,
        diagnostics=(*plan.diagnostics, *_alone(plan), *idle_consents(plan)),
    )
    return _bound(replace(plan, complete=_is_complete(plan, inputs)), inputs)


def make_destroy_plan(inputs: Inputs) -> Plan:
    """Return the plan that deletes all recorded resources in this scope. Only `protect: true` stops this plan."""
    division = inputs.division
    changes: tuple[Change, ...] = ()
    if division.scope != "machine":
        changes = _changes(_nothing(division.shared), division.shared)
    if division.machine:
        changes += _own_changes(_nothing(division.machine), division.machine)
    outside = plan_all_owned(inputs.owned, division, NO_CONSENT, None)
    plan = _guarded(inputs, (*changes, *outside.changes), Consents(everything=True), tuple(outside.diagnostics))
    return _bound(replace(plan, blocked=outside.blocked), inputs)


def nothing_but(diagnostics: Sequence[Diagnostic]) -> Plan:
    """Return an incomplete plan that has no changes and only these diagnostics."""
    return Plan(
        name="",
        lineage=None,
        serial=None,
        config_digest="",
        complete=False,
        changes=(),
        diagnostics=tuple(diagnostics),
    )


def _is_complete(plan: Plan, inputs: Inputs) -> bool:
    is_seen = not any(seen.is_unseen for seen in inputs.observations.values())
    return is_seen and not inputs.keyless and not plan.blocked and not plan.failed


def _bound(plan: Plan, inputs: Inputs) -> Plan:
    """Return the plan with the diagnostics and the remarks of the inputs added.

    The diagnostics of the inputs come first in the plan, and the remarks come last.
    """
    return replace(plan, diagnostics=(*inputs.diagnostics, *plan.diagnostics, *inputs.remarks))


def plan_all_owned(
    owned: Sequence[OwnedInputs], division: Division, consents: Consents, desired: Desired | None
) -> OwnedPlan:
    """Return the plan for the owned resources of every kind. If `desired` is None, all owned resources are removed.

    An endpoint may stay as recorded although the gateway file no longer has the endpoint. The owned resources of such
    an endpoint also stay.
    """

    from reconciler.plan.owned.values import OwnedPlan

    if not owned:
        return OwnedPlan()
    from reconciler.plan.owned.table import Leave, plan_owned

    planned = desired.wanted if desired else ()
    endpoints = division.gateway.endpoints
    forgotten = division.shared.forgotten | (division.machine.forgotten if division.machine else frozenset())
    leave = Leave(
        adopted=consents.adopts,
        kept=frozenset(at.name for at in forgotten if at.is_endpoint and at.name not in endpoints),
        staying=frozenset(at.name for at in planned if at.is_endpoint and at.name not in endpoints),
    )
    plans = [plan_owned(_wanted(owned_inputs, desired), owned_inputs, leave) for owned_inputs in owned]
    return OwnedPlan.all_of([*plans, *(owned_inputs.rules.left_out(desired) for owned_inputs in owned)])


def _wanted(inputs: OwnedInputs, desired: Desired | None) -> Sequence[WantedThing]:
    return inputs.rules.wanted(desired) if desired else ()


def _nothing(lifecycle: Lifecycle) -> Desired:
    return Desired(dropped=dict.fromkeys(lifecycle.recorded, Dropped(None, "gwctl destroy")))


def _changes(desired: Desired, lifecycle: Lifecycle) -> tuple[Change, ...]:
    return plan_changes(desired, lifecycle.recorded, lifecycle.moved, lifecycle.forgotten)


def _with_drift(changes: tuple[Change, ...], division: Division) -> tuple[Change, ...]:
    if division.past == NOTHING:  # no apply recorded what it was made from
        return changes
    from reconciler.plan.manual_edits import with_drift

    return with_drift(changes, division.team, division.past)


def _own_changes(desired: Desired, lifecycle: Lifecycle | None) -> tuple[Change, ...]:
    changes = _changes(desired, lifecycle) if lifecycle else ()
    return tuple(replace(change, scope="machine") for change in changes)


def _followed(division: Division) -> tuple[Diagnostic, ...]:
    return (*division.shared.diagnostics, *(division.machine.diagnostics if division.machine else ()))


def _is_unseen(inputs: Inputs, name: str) -> bool:
    seen = inputs.observations.get(name)
    return seen is None or is_unseen(inputs.division.gateway.endpoints[name], seen)


def _waiting(division: Division) -> list[Diagnostic]:
    return [not_handed_over(division.gateway.endpoints[name]) for name in sorted(division.waiting)]


def _alone(plan: Plan) -> list[Diagnostic]:
    """Return a note for each unchanged resource about which an apply would record a new fact.

    A resource needs no note if the plan has other changes in the same scope.
    """
    busy = {change.scope for change in plan.effective}
    return [to_be_recorded(change) for change in plan.to_remember if change.is_noted and change.scope not in busy]


def _guarded(
    inputs: Inputs, changes: tuple[Change, ...], consents: Consents, diagnostics: tuple[Diagnostic, ...]
) -> Plan:
    stops = guard(changes, consents)
    gateway = inputs.division.gateway
    return Plan(
        name=gateway.name,
        lineage=inputs.lineage,
        serial=inputs.serial,
        config_digest=gateway.digest,
        lock_digest=inputs.lock_digest,
        complete=not has_errors((*diagnostics, *stops)),
        changes=changes,
        diagnostics=(*diagnostics, *stops),
        stopped=bool(stops),
        scope=inputs.division.scope,
        consents=consents,
    )
