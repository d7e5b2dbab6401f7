"""The metrics of a plan. A label is a name in the gateway file, or one of gwctl's own words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import field
from itertools import product
from typing import get_args

from reconciler.address import PURPOSES
from reconciler.plan.change import ACTIONS, Cause, Plan
from reconciler.plan.summary import summarise
from reconciler.render.metrics.openmetrics import Gauge, Sample, to_openmetrics
from reconciler.values import dataclass

FIRST = "gwctl_format_version"
BEGINNING = f"# TYPE {FIRST} gauge\n".encode()  # of every file of metrics that gwctl writes
_ORIGINS = ("declared", "fetched", "held", "last-known")


@dataclass(frozen=True, kw_only=True)
class MetricFacts:
    """The facts about a run that are not in the plan. Times are seconds since 1970."""

    gateway: str  # the name of the gateway; "" if the gateway file cannot be read
    now: float
    applied: float | None = None
    is_up: Mapping[str, bool] = field(default_factory=dict)  # {endpoint that was contacted: its test passed}
    keys: Mapping[str, float] = field(default_factory=dict)  # {endpoint: when its stored key was written}


def metrics_text(plan: Plan, facts: MetricFacts) -> str:
    """Return the metrics of the plan as OpenMetrics text. A plan with only errors has no endpoints and no changes."""
    gauges = [*_of_plan(plan, facts), *_of_endpoints(plan, facts)]
    return to_openmetrics([Gauge(FIRST, "The version of this format.", [({}, 1)]), *gauges], {"gateway": facts.gateway})


def _of_plan(plan: Plan, facts: MetricFacts) -> Iterator[Gauge]:
    summary = summarise(plan)
    counts = summary.severities
    yield Gauge("gwctl_plan_timestamp_seconds", "When this plan was made.", [({}, facts.now)])
    yield Gauge("gwctl_plan_complete", "Whether the plan saw everything and has no error.", [({}, plan.complete)])
    yield Gauge("gwctl_plan_errors", "The errors of the plan.", [({}, counts.get("error", 0))])
    yield Gauge("gwctl_plan_warnings", "The warnings of the plan.", [({}, counts.get("warning", 0))])
    if not summary.planned:
        return
    blocked = sum(summary.blocked.values())
    yield Gauge("gwctl_plan_blocked", "The resources that the plan could not compare.", [({}, blocked)])
    yield Gauge("gwctl_changes", "The changes that an apply would make.", _changes(plan))
    if facts.applied is not None:
        yield Gauge("gwctl_last_apply_timestamp_seconds", "When the state was last written.", [({}, facts.applied)])


def _changes(plan: Plan) -> list[Sample]:
    """Return a sample for each pair of cause and action, also for pairs without changes."""
    numbers = Counter((change.cause, change.action) for change in plan.effective)
    pairs = product(get_args(Cause), (action for action in ACTIONS if action != "none"))
    return [({"cause": cause, "action": action}, numbers[cause, action]) for cause, action in pairs]


def _of_endpoints(plan: Plan, facts: MetricFacts) -> Iterator[Gauge]:
    up = [({"endpoint": name}, float(is_up)) for name, is_up in facts.is_up.items()]
    yield Gauge("gwctl_endpoint_up", "Whether the connection test of the endpoint passed.", up)
    latency = [
        ({"endpoint": name}, seen.latency_ms / 1000)
        for name, seen in plan.observations.items()
        if seen.latency_ms is not None and facts.is_up.get(name)
    ]
    yield Gauge("gwctl_endpoint_latency_seconds", "How long the endpoint took to send its model list.", latency)
    yield Gauge("gwctl_models", "The models of the endpoint after an apply.", _models(plan))
    held = Counter(each.address.endpoint for each in plan.held)
    kept = [({"endpoint": name}, float(held[name])) for name in plan.observations]
    yield Gauge("gwctl_held_models", "The models that are kept although the endpoint's list omits them.", kept)
    keys = [({"endpoint": name}, written) for name, written in facts.keys.items()]
    yield Gauge("gwctl_stored_key_timestamp_seconds", "When gwctl stored the key of the endpoint.", keys)


def _models(plan: Plan) -> list[Sample]:
    """Return a sample for each combination of endpoint, purpose and origin, also for combinations without models."""
    after = [change.after for change in plan.changes if change.address.is_model and change.after]
    numbers = Counter((each.address.endpoint, each.purpose, each.facts.get("origin")) for each in after)
    return [
        ({"endpoint": name, "purpose": purpose, "origin": origin}, numbers[name, purpose, origin])
        for name, purpose, origin in product(plan.observations, PURPOSES, _ORIGINS)
    ]
