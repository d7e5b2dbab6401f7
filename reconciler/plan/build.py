"""From what was declared, seen and recorded to the plan: every step in its order, all of it pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from reconciler.config.gateway import Gateway
from reconciler.diagnostics import Diagnostic, has_errors
from reconciler.plan.change import Change, Plan
from reconciler.plan.consents import NO_CONSENT, Consents
from reconciler.plan.desired import Desired, Dropped
from reconciler.plan.guard import guard
from reconciler.plan.manual_edits import told_from_edits
from reconciler.plan.owned.table import Leave, plan_owned
from reconciler.plan.owned.values import OwnedInputs, OwnedPlan, WantedThing
from reconciler.plan.planner import plan_changes
from reconciler.plan.resolve.endpoint import is_unseen
from reconciler.plan.resolve.messages import to_be_recorded
from reconciler.plan.resolve.moves import Lifecycle
from reconciler.plan.resolve.scoped import resolve_machine, resolve_shared
from reconciler.plan.resolve.scopes import Division
from reconciler.plan.resolve.shared_messages import not_handed_over
from reconciler.resources.observation import Observation


def make_plan(
    division: Division,
    observations: Mapping[str, Observation],
    consents: Consents,
    applying: bool = False,
    owned: Sequence[OwnedInputs] = (),
) -> Plan:
    """What would change, and everything there is to say about it; lineage and serial are the caller's."""
    consents = replace(consents, removed=division.removed)
    division = division.handing_over(lambda name: _is_unseen(division.gateway, name, observations, applying))
    shared = resolve_shared(division, observations, consents, applying)
    own = resolve_machine(division, shared, seen=observations, consents=consents, applying=applying)
    theirs = told_from_edits(_changes(shared, division.shared), division.team, division.past)
    changes = (*theirs, *_own_changes(own, division.machine))
    desired = shared.joined(own)
    outside = plan_all_owned(owned, division, consents, desired)
    said = (*_followed(division), *_waiting(division), *desired.diagnostics, *outside.diagnostics)
    plan = _guarded(division, (*changes, *outside.changes), consents, said)
    plan = replace(plan, diagnostics=(*plan.diagnostics, *_alone(plan)))
    seen = all(found.status != "skipped" for found in observations.values())
    return replace(
        plan,
        complete=seen and not desired.blocked and not outside.blocked and not has_errors(plan.diagnostics),
        held=desired.held,
        blocked=(*desired.blocked, *outside.blocked),
        observations=observations,
    )


def make_destroy_plan(division: Division, owned: Sequence[OwnedInputs] = ()) -> Plan:
    """Everything recorded in this scope goes, seen or not; only what is protected stops it."""
    changes: tuple[Change, ...] = ()
    if division.scope != "machine":
        changes = _changes(_nothing(division.shared), division.shared)
    if division.machine:
        changes += _own_changes(_nothing(division.machine), division.machine)
    outside = plan_all_owned(owned, division, NO_CONSENT, None)
    plan = _guarded(division, (*changes, *outside.changes), Consents(everything=True), tuple(outside.diagnostics))
    return replace(plan, blocked=outside.blocked)


def plan_all_owned(
    owned: Sequence[OwnedInputs], division: Division, consents: Consents, desired: Desired | None
) -> OwnedPlan:
    """Return what happens to the owned resources of every kind; `desired` is None where nothing is wanted.

    What belongs to an endpoint that stays, though the file has it no more, stays as well.
    """
    planned = desired.wanted if desired else ()
    endpoints = division.gateway.endpoints
    forgotten = division.shared.forgotten | (division.machine.forgotten if division.machine else frozenset())
    leave = Leave(
        adopted=consents.adopts,
        kept=frozenset(at.name for at in forgotten if at.is_endpoint and at.name not in endpoints),
        staying=frozenset(at.name for at in planned if at.is_endpoint and at.name not in endpoints),
    )
    return OwnedPlan.all_of([plan_owned(_wanted(each, desired), each, leave) for each in owned])


def _wanted(inputs: OwnedInputs, desired: Desired | None) -> Sequence[WantedThing]:
    return inputs.rules.wanted(desired) if desired else ()


def _nothing(lifecycle: Lifecycle) -> Desired:
    return Desired(dropped=dict.fromkeys(lifecycle.recorded, Dropped("config", "destroy")))


def _changes(desired: Desired, lifecycle: Lifecycle) -> tuple[Change, ...]:
    return plan_changes(desired, lifecycle.recorded, lifecycle.moved, lifecycle.forgotten)


def _own_changes(desired: Desired, lifecycle: Lifecycle | None) -> tuple[Change, ...]:
    found = _changes(desired, lifecycle) if lifecycle else ()
    return tuple(replace(each, scope="machine") for each in found)


def _followed(division: Division) -> tuple[Diagnostic, ...]:
    return (*division.shared.diagnostics, *(division.machine.diagnostics if division.machine else ()))


def _is_unseen(gateway: Gateway, name: str, observations: Mapping[str, Observation], applying: bool) -> bool:
    return name not in observations or is_unseen(gateway.endpoints[name], observations[name], applying)


def _waiting(division: Division) -> list[Diagnostic]:
    return [not_handed_over(division.gateway.endpoints[name]) for name in sorted(division.waiting)]


def _alone(plan: Plan) -> list[Diagnostic]:
    """What is to be remembered where nothing else is written, so that nobody wonders what an apply does."""
    busy = {found.scope for found in plan.effective}
    return [to_be_recorded(found) for found in plan.to_remember if found.scope not in busy]


def _guarded(
    division: Division, changes: tuple[Change, ...], consents: Consents, diagnostics: tuple[Diagnostic, ...]
) -> Plan:
    stops = guard(changes, consents)
    said = (*diagnostics, *stops)
    name, digest = division.gateway.name, division.gateway.digest
    return Plan(
        name=name,
        lineage=None,
        serial=0,
        config_digest=digest,
        complete=not has_errors(said),
        changes=changes,
        diagnostics=said,
        stopped=bool(stops),
        scope=division.scope,
        consents=consents,
    )
