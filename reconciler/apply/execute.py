"""Carry out a plan: one compare-and-swap write of the state, then the keychain, from the plan's changes alone."""

from __future__ import annotations

from typing import Literal

from reconciler.address import Address
from reconciler.apply.keep_keys import Keeping, keep, settle
from reconciler.errors import Failed
from reconciler.plan.change import Change, Plan
from reconciler.plan.outcome import Outcome, Result
from reconciler.state.codec import encode
from reconciler.state.document import State
from reconciler.state.store import Store


def execute(plan: Plan, state: State, store: Store, version: str | None, keeping: Keeping | None = None) -> Outcome:
    """Write what the plan says over `version` of `state`, then keep the keys; nothing to change writes nothing.

    If the state cannot be written, nothing else is done.
    """
    recorded = [found for found in plan.effective if found.address.kind != "key"]
    after = state
    if recorded:
        kept = (found.after for found in plan.changes if found.after and found.address.kind != "key")
        after = state.following(kept)
        try:
            with store.lock():
                store.write(encode(after), version)
        except Failed as fault:
            return Outcome(_all(plan, "failed"), state.lineage, state.serial, tuple(fault.diagnostics))
    return _kept(plan, after, recorded, keeping)


def _kept(plan: Plan, after: State, recorded: list[Change], keeping: Keeping | None) -> Outcome:
    results: dict[Address, Result] = dict.fromkeys((found.address for found in recorded), "done")
    if keeping is None:
        return Outcome(results, after.lineage, after.serial)
    try:
        settle(keeping)
    except Failed as fault:
        return Outcome(_all(plan, "failed") | results, after.lineage, after.serial, tuple(fault.diagnostics))
    found = keep(keeping, [each for each in plan.effective if each.address.kind == "key"], after.lineage)
    results |= {change.address: "failed" if said else "done" for change, said in found}
    return Outcome(results, after.lineage, after.serial, tuple(said for _, said in found if said))


def leave(plan: Plan, result: Literal["blocked", "skipped"]) -> Outcome:
    """What an apply that does nothing did: the guard `blocked` it, or the user declined (`skipped`)."""
    return Outcome(_all(plan, result), plan.lineage or "", plan.serial or 0)


def _all(plan: Plan, result: Result) -> dict[Address, Result]:
    return dict.fromkeys((found.address for found in plan.effective), result)
