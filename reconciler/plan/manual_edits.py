"""The changes that revert a manual edit of the records: their cause is drift, not the gateway file.

The file is not the cause where it wants the same as at the last complete apply; nor is the list, of what is known to
have been taken out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import replace

from reconciler import safe_json
from reconciler.address import Address
from reconciler.config.gateway import Endpoint, Gateway
from reconciler.plan.change import Action, Change, Plan
from reconciler.plan.resolve.scopes import Division
from reconciler.resources.recorded_past import NOTHING, RecordedPast

_REASONS: dict[Action, str] = {
    "create": "it was applied, but is no longer in the state",
    "update": "the state has no record of what was applied",
    "delete": "it is in the state, but was not put there by an apply",
    "forget": "it is in the state, but was not put there by an apply",
}


def told_from_edits(changes: Sequence[Change], team: Gateway, past: RecordedPast) -> tuple[Change, ...]:
    """The changes of everybody's part, those that undo an edit with the cause `drift`."""
    as_before = any(map(_blames_file, changes)) and past.wants is not None and past.wants == wants_digest(team)
    if not as_before and not past.gone:
        return tuple(changes)
    steady = {change.address for change in changes if change.action == "none"}
    return tuple(_drifted(change) if _undoes(change, past.gone, as_before, steady) else change for change in changes)


def past_after(plan: Plan, division: Division) -> RecordedPast:
    """Return the past that the state records after the plan; of an incomplete apply, without what was wanted."""
    if plan.consents.everything or not any(change.scope == "shared" for change in plan.effective):
        return NOTHING  # all of it was destroyed, or nothing of it is written
    wants, before = wants_digest(division.team), division.past
    if plan.complete:
        return RecordedPast(wants)
    there = {change.address for change in plan.changes if change.after is not None}
    return RecordedPast(wants if wants == before.wants else None, before.gone - there)


def wants_digest(team: Gateway) -> str:
    """Return the digest of endpoints, declared models and candidates, without header values."""
    meaning = {
        "endpoints": [
            [name, _endpoint(endpoint)] for name, endpoint in team.endpoints.items()
        ],  # their order chooses too
        "defaults": {
            purpose: [candidate.model.name for candidate in candidates] for purpose, candidates in team.defaults.items()
        },
    }
    text = json.dumps(meaning, sort_keys=True, ensure_ascii=True)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _blames_file(change: Change) -> bool:
    return change.action != "none" and change.cause == "config"


def _undoes(change: Change, gone: Collection[Address], as_before: bool, steady: Collection[Address]) -> bool:
    if change.action == "create" and change.address in gone:
        return True
    if not as_before or not _blames_file(change):
        return False
    return not change.address.is_default or change.after is None or _model(change) in steady


def _model(change: Change) -> Address | None:
    """The model of a default: where that one changes too, the default follows it."""
    return change.after.default_model if change.after else None


def _drifted(change: Change) -> Change:
    return replace(change, cause="drift", reason=_REASONS[change.action])


def _endpoint(endpoint: Endpoint) -> object:
    return [safe_json.as_data(endpoint.attributes), [[model.id, model.purpose] for model in endpoint.models]]
