"""The desired state of an endpoint and of its models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler import address
from reconciler.config.gateway import Endpoint
from reconciler.plan.change import HeldModel
from reconciler.plan.consents import Consents
from reconciler.plan.desired import Desired, WantedResource
from reconciler.plan.resolve.messages import about_exchange, about_key, about_list, is_list_refused, nothing_known
from reconciler.plan.resolve.model_list import KnownModels, read
from reconciler.plan.resolve.models import Models, dropped_models, wanted_models
from reconciler.resources.observation import KEY_CODES, LOCK_CODES, Listed, Observation, Unlisted
from reconciler.resources.resource import Recorded, Resource, models_of, raw_facts


def resolve_endpoint(endpoint: Endpoint, seen: Observation, recorded: Recorded, consents: Consents) -> Desired:
    """Return the desired endpoint and its models. A blocked endpoint stays as recorded.

    An endpoint is blocked if its key is bad, its pinned list is unusable, or none of its models is known. `recorded`
    contains only the resources of this endpoint.
    """
    reading = read(endpoint, seen, recorded, consents)
    stays = (
        "The endpoint stays as recorded."
        if address.endpoint(endpoint.name) in recorded
        else "The endpoint is not applied."
    )
    if is_blocked(endpoint, seen):
        return _as_recorded(endpoint, recorded).with_diagnostics(*about_exchange(endpoint, seen, reading, stays))
    diagnostics = about_exchange(endpoint, seen, reading)
    nothing = not endpoint.models and not reading.known and not isinstance(seen.catalog, Listed)
    if nothing and endpoint.discover.enabled:
        cause = diagnostics if seen.status == "skipped" else about_key(endpoint, seen)
        return _as_recorded(endpoint, recorded).with_diagnostics(*cause, nothing_known(endpoint, seen, stays))
    return _resolved(endpoint, seen, recorded, reading).with_diagnostics(
        *diagnostics, *about_list(endpoint, seen, reading)
    )


def is_blocked(endpoint: Endpoint, seen: Observation) -> bool:
    """Return whether the endpoint stays as recorded because of a bad key or an unusable pinned list."""
    if seen.is_left or (isinstance(seen.catalog, Unlisted) and seen.catalog.code in LOCK_CODES):
        return True
    return seen.code in KEY_CODES and not is_list_refused(endpoint, seen)


def is_unseen(endpoint: Endpoint, seen: Observation) -> bool:
    """Return whether the endpoint is blocked, or its model list is missing or partial.

    The endpoint's models are then not fully known.
    """
    if is_blocked(endpoint, seen):
        return True
    return endpoint.discover.enabled and not (isinstance(seen.catalog, Listed) and not seen.catalog.is_partial)


def _as_recorded(endpoint: Endpoint, recorded: Recorded) -> Desired:
    at = address.endpoint(endpoint.name)
    kept = [recorded[at]] if at in recorded else []
    kept += models_of(recorded, endpoint.name)
    wanted = {resource.address: WantedResource(resource, "config", "", endpoint.source) for resource in kept}
    return Desired(wanted=wanted, blocked=(at,), unknown=frozenset({endpoint.name}))


def _resolved(endpoint: Endpoint, seen: Observation, recorded: Recorded, reading: KnownModels) -> Desired:
    at = address.endpoint(endpoint.name)
    listed = isinstance(seen.catalog, Listed)
    before = recorded.get(at)
    reach = seen.reach if isinstance(seen.answer, Listed) else (before.facts.get("reach", "") if before else "")
    facts = {"listed": _recorded_list(before, reading), "reach": reach, "held": sorted(reading.held)} | _trusted(
        endpoint, before
    )
    reason = "changed in the gateway file" if before else "in the gateway file"
    resource = Resource(at, endpoint.attributes, facts).or_same(before)
    own = WantedResource(resource, "config", reason, endpoint.source)
    models = wanted_models(endpoint, recorded, reading)
    return Desired(
        wanted={at: own} | models,
        dropped=dropped_models(endpoint, recorded, models, reading),
        held=_held(reading, models),
        unknown=frozenset() if listed and not reading.is_partial else frozenset({endpoint.name}),
    )


def _recorded_list(before: Resource | None, reading: KnownModels) -> Mapping[str, Any]:
    """Return the list to record. The list that is recorded already is not made once more."""
    recorded = before.facts.get("listed", {}) if before else {}
    is_same = reading.raw is reading.before and len(recorded) == len(reading.raw)
    return recorded if is_same else raw_facts(reading.raw)


def _trusted(endpoint: Endpoint, before: Resource | None) -> dict[str, str]:
    trusted = endpoint.tls.ca_file if endpoint.tls else None
    if trusted is None:
        return {}
    known = before.facts.get("ca_content", "") if before else ""
    content = known if trusted.content is None else trusted.content
    return {"ca_content": content} if content else {}


def _held(reading: KnownModels, models: Models) -> tuple[HeldModel, ...]:
    why = f"the list is short: {reading.missing} of {reading.total} recorded models are missing"
    kept = [at for at, want in models.items() if want.resource.facts["origin"] == "held"]
    return tuple(HeldModel(at, why) for at in kept)
