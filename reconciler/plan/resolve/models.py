"""The desired models of one endpoint with their purposes, and the reasons for dropping recorded models."""

from __future__ import annotations

from reconciler import address
from reconciler.address import Address, Purpose
from reconciler.config.gateway import DeclaredModel, Endpoint
from reconciler.plan.change import Cause
from reconciler.plan.desired import Dropped, WantedResource
from reconciler.plan.resolve.model_list import KnownModels
from reconciler.resources.attributes import ModelAttributes
from reconciler.resources.purpose import purpose_of_id
from reconciler.resources.resource import Recorded, Resource, models_of

Models = dict[Address, WantedResource]

_REASONS = {
    "declared": "declared",
    "last-known": "listed earlier",
    "held": "listed earlier; missing from a short list",
}


def wanted_models(endpoint: Endpoint, recorded: Recorded, reading: KnownModels) -> Models:
    """Return the declared models in file order, then the listed, last-known and held models by ID."""
    declared = {model.id: model for model in endpoint.models}
    others = sorted((reading.fetched | reading.known) - declared.keys())
    return {
        address.model(endpoint.name, model_id): _wanted(
            endpoint, model_id, declared=declared.get(model_id), recorded=recorded, reading=reading
        )
        for model_id in (*declared, *others)
    }


def dropped_models(
    endpoint: Endpoint, recorded: Recorded, wanted: Models, reading: KnownModels
) -> dict[Address, Dropped]:
    """Return the recorded models that are no longer desired, each with cause and reason."""
    gone = (resource for resource in models_of(recorded, endpoint.name) if resource.address not in wanted)
    return {resource.address: _dropped(endpoint, resource, reading) for resource in gone}


def _wanted(
    endpoint: Endpoint, model_id: str, declared: DeclaredModel | None, recorded: Recorded, reading: KnownModels
) -> WantedResource:
    at = address.model(endpoint.name, model_id)
    before = recorded.get(at)
    purpose, purpose_source = _purpose(model_id, declared, before, reading)
    origin = "declared" if declared else "fetched" if model_id in reading.fetched else reading.origin
    resource = Resource(at, ModelAttributes(purpose=purpose), {"origin": origin, "purpose_source": purpose_source})
    return WantedResource(
        resource,
        _cause(resource, before),
        _reason(origin, reading) if before is None else f"purpose from {_spoken(purpose_source)}",
        declared.source if declared else endpoint.source,
    )


def _purpose(
    model_id: str, declared: DeclaredModel | None, before: Resource | None, reading: KnownModels
) -> tuple[Purpose, str]:
    """Return the purpose and its source: the declaration, the present list, the record, or the ID, in this order.

    A recorded purpose that came from a declaration does not count if the declaration no longer exists.
    """
    if declared and declared.purpose:
        return declared.purpose, "declared"
    if model_id in reading.fetched or (model_id in reading.raw and model_id not in reading.known):
        return reading.raw[model_id]
    if before and before.facts.get("purpose_source") != "declared":
        return before.purpose, before.facts.get("purpose_source", "recorded")
    return reading.raw.get(model_id) or purpose_of_id(model_id)


def _cause(resource: Resource, before: Resource | None) -> Cause:
    sources = {resource.facts["purpose_source"], before.facts.get("purpose_source") if before else None}
    if before is None:
        return "config" if resource.facts["origin"] == "declared" else "catalog"
    return "config" if "declared" in sources else "catalog"


def _reason(origin: str, reading: KnownModels) -> str:
    return f"listed {reading.where}" if origin == "fetched" else _REASONS[origin]


def _spoken(purpose_source: str) -> str:
    words = {
        "declared": "the gateway file",
        "id": "the model's ID",
        "assumed": "the assumption that it is a chat model",
    }
    return words.get(purpose_source, f"the list's `{purpose_source}`")


def _dropped(endpoint: Endpoint, resource: Resource, reading: KnownModels) -> Dropped:
    was_declared = resource.facts.get("origin") == "declared"
    if not endpoint.discover.enabled:
        return Dropped("config", "not declared, and `discover` is false")
    if resource.address.model_id in reading.raw:
        return Dropped("config", "excluded by `discover`")
    if was_declared:
        return Dropped("config", "no longer declared")
    if not endpoint.discover.passing([resource.address.model_id], {resource.address.model_id} | reading.raw.keys()):
        return Dropped("config", "excluded by `discover`")
    return Dropped("catalog", f"no longer listed {reading.where}")
