"""The detection of changes that revert a manual edit of the state. The cause of such a change is `drift`.

The gateway file cannot be the cause if the file has not changed since the last complete apply. The model list cannot be
the cause if the state records that somebody removed the resource by hand.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from hashlib import sha256

from reconciler import safe_json
from reconciler.address import Address
from reconciler.config.gateway import DeclaredModel, Endpoint, Gateway
from reconciler.plan.change import Action, Change, Plan
from reconciler.plan.resolve.scopes import Division
from reconciler.resources.recorded_past import NOTHING, RecordedPast
from reconciler.resources.resource import known

_REASONS: dict[Action, str] = {
    "create": "applied earlier, but no longer in the state",
    "update": "the state has no record of what was applied",
    "delete": "in the state, but no apply put it there",
    "forget": "in the state, but no apply put it there",
}


def with_drift(changes: Sequence[Change], team: Gateway, past: RecordedPast) -> tuple[Change, ...]:
    """Return the changes of the shared scope. If a change reverts a manual edit, its cause is `drift`."""
    as_before = any(map(_blames_file, changes)) and past.wants is not None and past.wants == wants_digest(team)
    if not as_before and not past.gone:
        return tuple(changes)
    steady = {change.address for change in changes if change.action == "none"}
    return tuple(_drifted(change) if _undoes(change, past.gone, as_before, steady) else change for change in changes)


def past_after(plan: Plan, division: Division) -> RecordedPast:
    """Return the facts about past applies that the state will record.

    If the apply is incomplete and the gateway file has changed, the state records no digest of the file.
    """
    if plan.consents.everything or not any(change.scope == "shared" for change in plan.effective):
        return NOTHING  # the state is destroyed or not written
    wants, before = wants_digest(division.team), division.past
    if plan.complete:
        return RecordedPast(wants)
    there = {change.address for change in plan.changes if change.after is not None}
    return RecordedPast(wants if wants == before.wants else None, before.gone - there)


def wants_digest(team: Gateway) -> str:
    """Return a digest of the gateway file's endpoints, declared models and candidates, without header values.

    An edit of the file that changes no resource does not change the digest.
    """

    meaning = {
        "endpoints": [
            [name, _wanted(endpoint)] for name, endpoint in team.endpoints.items()
        ],  # in file order, which affects the choice of defaults
        "defaults": {
            purpose: [candidate.model.name for candidate in candidates] for purpose, candidates in team.defaults.items()
        },
    }
    if team.own_roles:  # digests of earlier versions do not have this field
        meaning["purposes"] = {role.name: role.purpose for role in team.own_roles}
    text = json.dumps(meaning, sort_keys=True, ensure_ascii=True)
    return "sha256:" + sha256(text.encode()).hexdigest()


def _wanted(endpoint: Endpoint) -> object:
    attributes = safe_json.as_data(endpoint.attributes)
    if attributes["apis"] is None:  # digests of earlier versions do not have this field
        del attributes["apis"]
    return [attributes, list(map(_declared, endpoint.models))]


def _declared(model: DeclaredModel) -> list[object]:
    details = known(model.details)
    return [model.id, model.purpose, *([details] if details else [])]


def _blames_file(change: Change) -> bool:
    return change.action != "none" and change.cause == "config"


def _undoes(change: Change, gone: Collection[Address], as_before: bool, steady: Collection[Address]) -> bool:
    if change.action == "create" and change.address in gone:
        return True
    if not as_before or not _blames_file(change):
        return False
    return not change.address.is_default or change.after is None or _model(change) in steady


def _model(change: Change) -> Address | None:
    """Return the model of a default after the change. Return None if the change deletes the default.

    If the model also changes, the model is the cause of the default's change.
    """
    return change.after.default_model if change.after else None


def _drifted(change: Change) -> Change:
    return replace(change, cause="drift", reason=_REASONS[change.action])
