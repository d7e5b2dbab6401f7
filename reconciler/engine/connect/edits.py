"""The edits of a gateway file that remove an endpoint or declare a model."""

from __future__ import annotations

from typing import Any

from reconciler import address, codes
from reconciler.address import Purpose
from reconciler.config.gateway import Gateway
from reconciler.diagnostics import error
from reconciler.documents.edit import MISSING
from reconciler.documents.registry import document
from reconciler.engine.connect.draft import Draft, edited
from reconciler.engine.connect.entry import in_file
from reconciler.errors import Failed
from reconciler.text import did_you_mean, printable

_YAML = document("yaml")
_SECTIONS = ("roles", "defaults")  # the second is the older spelling


def without_endpoint(draft: Draft, name: str) -> Draft:
    """Return the draft without the endpoint. The endpoint's models are also removed from the roles.

    Raise `Failed` if another part of the file names the endpoint, or if the file cannot be edited safely.
    """
    _check(draft.gateway, name)
    return edited(draft, lambda data: _without_candidates(_YAML.without(data, ("endpoints", name)), name))


def with_model(draft: Draft, endpoint: str, model_id: str, purpose: Purpose) -> Draft:
    """Return the draft with one more declared model of the endpoint.

    Raise `Failed` if the endpoint is unknown, if the model is already declared, or if the file cannot be edited safely.
    """
    _check(draft.gateway, endpoint)
    if any(model.id == model_id for model in draft.gateway.endpoints[endpoint].models):
        at = address.model(endpoint, model_id)
        summary = f"The gateway file already declares {printable(str(at), 200)}"
        raise Failed(error(codes.NAME_TAKEN, summary, detail="Nothing was done.", hint="name another model"))
    return edited(draft, lambda data: _with_model(data, endpoint, {"id": in_file(model_id), "purpose": purpose}))


def _with_model(data: bytes, endpoint: str, entry: dict[str, Any]) -> bytes:
    place = ("endpoints", endpoint, "models")
    there = _YAML.value_at(data, place)
    if there is MISSING or not there:
        return _YAML.with_value(data, place, [entry]).data
    model_id = entry.pop("id")
    return _YAML.with_value(data, (*place, (("id", model_id),)), entry).data


def _without_candidates(data: bytes, name: str) -> bytes:
    """Return the file without the endpoint's models in the roles. A role without other models is removed."""
    for section in _SECTIONS:
        roles = _YAML.value_at(data, (section,))
        for role, value in roles.items() if isinstance(roles, dict) else ():
            path = (section, role, "models") if isinstance(value, dict) else (section, role)
            candidates = value.get("models", []) if isinstance(value, dict) else value
            named = candidates if isinstance(candidates, list) else [candidates]
            left = [each for each in named if not str(each).startswith(f"{name}/")]
            if not left:
                data = _YAML.without(data, (section, role))
            elif len(left) < len(named):
                data = _YAML.with_value(data, path, left[0] if len(left) == 1 else left).data
    return data


def _check(gateway: Gateway, name: str) -> None:
    if name not in gateway.endpoints:
        summary = f"`{printable(name, 80)}` is not an endpoint of the gateway file"
        hint = did_you_mean(name, gateway.endpoints)
        raise Failed(error(codes.UNKNOWN_ENDPOINT, summary, detail="Nothing was done.", hint=hint))
