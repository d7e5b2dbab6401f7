"""Carry out a plan: one compare-and-swap write of the state, from the plan's changes alone."""

from __future__ import annotations

from typing import Literal

from reconciler.address import Address
from reconciler.errors import Failed
from reconciler.plan.change import Plan
from reconciler.plan.outcome import Outcome, Result
from reconciler.state.codec import encode
from reconciler.state.document import State
from reconciler.state.store import Store


def execute(plan: Plan, state: State, store: Store, version: str | None) -> Outcome:
    """Write what the plan says over `version` of `state`; nothing to change writes nothing."""
    if not plan.effective:
        return Outcome({}, state.lineage, state.serial)
    after = state.following(found.after for found in plan.changes if found.after is not None)
    try:
        with store.lock():
            store.write(encode(after), version)
    except Failed as fault:
        return Outcome(_all(plan, "failed"), state.lineage, state.serial, tuple(fault.diagnostics))
    return Outcome(_all(plan, "done"), after.lineage, after.serial)


def leave(plan: Plan, result: Literal["blocked", "skipped"]) -> Outcome:
    """What an apply that does nothing did: the guard `blocked` it, or the user declined (`skipped`)."""
    return Outcome(_all(plan, result), plan.lineage or "", plan.serial or 0)


def _all(plan: Plan, result: Result) -> dict[Address, Result]:
    return dict.fromkeys((found.address for found in plan.effective), result)
