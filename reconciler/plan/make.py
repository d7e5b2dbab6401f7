"""From what was declared, seen and recorded to the plan: every step in its order, all of it pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from reconciler import address
from reconciler.config.gateway import Gateway
from reconciler.diagnostics import Diagnostic, has_errors
from reconciler.plan.change import Change, Plan
from reconciler.plan.consents import NO_CONSENT, Consents
from reconciler.plan.desired import Desired, Dropped
from reconciler.plan.guard import guard
from reconciler.plan.key_plan import KeyPlan, KeyRecords, WantedKey
from reconciler.plan.lifecycle import Lifecycle
from reconciler.plan.plan_keys import plan_keys
from reconciler.plan.planner import Explain, plan_changes
from reconciler.plan.resolve import resolve
from reconciler.resources.catalog import Observation
from reconciler.resources.resource import endpoints_of


def make_plan(
    gateway: Gateway,
    observations: Mapping[str, Observation],
    lifecycle: Lifecycle,
    consents: Consents,
    explain: Explain,
    applying: bool = False,
    wanted_keys: Sequence[WantedKey] = (),
    key_records: KeyRecords | None = None,
) -> Plan:
    """What would change, and everything there is to say about it; lineage and serial are the caller's."""
    consents = replace(consents, removed=lifecycle.removed)
    desired = resolve(gateway, observations, lifecycle.recorded, consents, applying)
    changes = plan_changes(desired, lifecycle.recorded, explain, lifecycle.moved, lifecycle.forgotten)
    keys = _keys([_of_its_endpoint(want, desired) for want in wanted_keys], key_records, lifecycle, consents)
    said = (*lifecycle.diagnostics, *desired.diagnostics, *keys.diagnostics)
    plan = _guarded(gateway, (*changes, *keys.changes), lifecycle, consents, said)
    seen = all(found.status != "skipped" for found in observations.values())
    return replace(
        plan,
        complete=seen and not desired.blocked and not keys.blocked and not has_errors(plan.diagnostics),
        held=desired.held,
        blocked=(*desired.blocked, *keys.blocked),
        observations=observations,
    )


def make_destroy_plan(
    gateway: Gateway, lifecycle: Lifecycle, explain: Explain, key_records: KeyRecords | None = None
) -> Plan:
    """Everything recorded goes, seen or not; only what is protected stops it."""
    desired = Desired(dropped=dict.fromkeys(lifecycle.recorded, Dropped("config", "destroy")))
    changes = plan_changes(desired, lifecycle.recorded, explain, {})
    keys = _keys((), key_records, lifecycle, NO_CONSENT)
    plan = _guarded(gateway, (*changes, *keys.changes), lifecycle, Consents(everything=True), tuple(keys.diagnostics))
    return replace(plan, blocked=keys.blocked)


def _of_its_endpoint(want: WantedKey, desired: Desired) -> WantedKey:
    """No key is kept of an endpoint that is not recorded, nor will be: it would be nobody's."""
    return want if address.endpoint(want.address.name) in desired.wanted else replace(want, given=None)


def _keys(wanted: Sequence[WantedKey], records: KeyRecords | None, lifecycle: Lifecycle, consents: Consents) -> KeyPlan:
    if records is None:
        return KeyPlan()
    kept = {at.name for at in lifecycle.forgotten if at.kind == "endpoint"}
    return plan_keys(wanted, records, consents.adopts, kept)


def _guarded(
    gateway: Gateway,
    changes: tuple[Change, ...],
    lifecycle: Lifecycle,
    consents: Consents,
    diagnostics: tuple[Diagnostic, ...],
) -> Plan:
    stops = guard(changes, len(endpoints_of(lifecycle.recorded)), consents)
    said = (*diagnostics, *stops)
    complete = not has_errors(said)
    return Plan(gateway.name, None, 0, gateway.digest, complete, changes, diagnostics=said, stopped=bool(stops))
