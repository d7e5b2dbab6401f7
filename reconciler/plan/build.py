"""From what was declared, seen and recorded to the plan: every step in its order, all of it pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from reconciler import address
from reconciler.address import Address
from reconciler.config.gateway import Gateway
from reconciler.diagnostics import Diagnostic, has_errors
from reconciler.plan.change import Change, Plan
from reconciler.plan.consents import NO_CONSENT, Consents
from reconciler.plan.desired import Desired, Dropped
from reconciler.plan.guard import guard
from reconciler.plan.manual_edits import told_from_edits
from reconciler.plan.owned.table import plan_keys
from reconciler.plan.owned.values import KeyPlan, KeyRecords, WantedKey
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
    wanted_keys: Sequence[WantedKey] = (),
    key_records: KeyRecords | None = None,
) -> Plan:
    """What would change, and everything there is to say about it; lineage and serial are the caller's."""
    consents = replace(consents, removed=division.removed)
    division = division.handing_over(lambda name: _is_unseen(division.gateway, name, observations, applying))
    shared = resolve_shared(division, observations, consents, applying)
    own = resolve_machine(division, shared, seen=observations, consents=consents, applying=applying)
    theirs = told_from_edits(_changes(shared, division.shared), division.team, division.past)
    changes = (*theirs, *_own_changes(own, division.machine))
    desired = shared.joined(own)
    wanted = [_of_its_endpoint(want, desired) for want in wanted_keys]
    keys = plan_kept_keys(wanted, key_records, division=division, consents=consents, planned=desired.wanted)
    said = (*_followed(division), *_waiting(division), *desired.diagnostics, *keys.diagnostics)
    plan = _guarded(division, (*changes, *keys.changes), consents, said)
    plan = replace(plan, diagnostics=(*plan.diagnostics, *_alone(plan)))
    seen = all(found.status != "skipped" for found in observations.values())
    return replace(
        plan,
        complete=seen and not desired.blocked and not keys.blocked and not has_errors(plan.diagnostics),
        held=desired.held,
        blocked=(*desired.blocked, *keys.blocked),
        observations=observations,
    )


def make_destroy_plan(division: Division, key_records: KeyRecords | None = None) -> Plan:
    """Everything recorded in this scope goes, seen or not; only what is protected stops it."""
    changes: tuple[Change, ...] = ()
    if division.scope != "machine":
        changes = _changes(_nothing(division.shared), division.shared)
    if division.machine:
        changes += _own_changes(_nothing(division.machine), division.machine)
    keys = plan_kept_keys((), key_records, division, NO_CONSENT)
    plan = _guarded(division, (*changes, *keys.changes), Consents(everything=True), tuple(keys.diagnostics))
    return replace(plan, blocked=keys.blocked)


def plan_kept_keys(
    wanted: Sequence[WantedKey],
    records: KeyRecords | None,
    division: Division,
    consents: Consents,
    planned: Iterable[Address] = (),
) -> KeyPlan:
    """What happens to keychain entries; nothing where nobody looked (`records` is None).

    `planned` is what is to be recorded: an endpoint that stays, though the file has it no more, keeps its key.
    """
    if records is None:
        return KeyPlan()
    endpoints = division.gateway.endpoints
    staying = {at.name for at in planned if at.is_endpoint and at.name not in endpoints}
    forgotten = division.shared.forgotten | (division.machine.forgotten if division.machine else frozenset())
    kept = {at.name for at in forgotten if at.is_endpoint and at.name not in endpoints}
    return plan_keys(wanted, records, adopted=consents.adopts, kept=kept, staying=staying)


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


def _of_its_endpoint(want: WantedKey, desired: Desired) -> WantedKey:
    """No key is kept of an endpoint that is not recorded, nor will be: it would be nobody's."""
    return want if address.endpoint(want.address.name) in desired.wanted else replace(want, given=None)


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
