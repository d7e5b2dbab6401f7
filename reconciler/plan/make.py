"""From what was declared, seen and recorded to the plan: every step in its order, all of it pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reconciler.config.gateway import Gateway
from reconciler.diagnostics import Diagnostic, has_errors
from reconciler.plan.change import Change, Plan
from reconciler.plan.consents import Consents
from reconciler.plan.desired import Desired, Dropped
from reconciler.plan.guard import guard
from reconciler.plan.lifecycle import Lifecycle
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
) -> Plan:
    """What would change, and everything there is to say about it; lineage and serial are the caller's."""
    consents = replace(consents, removed=lifecycle.removed)
    desired = resolve(gateway, observations, lifecycle.recorded, consents, applying)
    changes = plan_changes(desired, lifecycle.recorded, explain, lifecycle.moved, lifecycle.forgotten)
    plan = _guarded(gateway, changes, lifecycle, consents, (*lifecycle.diagnostics, *desired.diagnostics))
    seen = all(found.status != "skipped" for found in observations.values())
    return replace(
        plan,
        complete=seen and not desired.blocked and not has_errors(plan.diagnostics),
        held=desired.held,
        blocked=desired.blocked,
        observations=observations,
    )


def make_destroy_plan(gateway: Gateway, lifecycle: Lifecycle, explain: Explain) -> Plan:
    """Everything recorded goes, seen or not; only what is protected stops it."""
    desired = Desired(dropped=dict.fromkeys(lifecycle.recorded, Dropped("config", "destroy")))
    changes = plan_changes(desired, lifecycle.recorded, explain, {})
    return _guarded(gateway, changes, lifecycle, Consents(everything=True), ())


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
