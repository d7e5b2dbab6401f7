"""The desired models of an endpoint with their purposes, and the reasons for removing recorded models."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from reconciler import address
from reconciler.address import Address, Purpose
from reconciler.config.gateway import DeclaredModel, Endpoint
from reconciler.plan.change import Cause
from reconciler.plan.desired import Dropped, WantedResource
from reconciler.plan.resolve.model_list import KnownModels
from reconciler.resources.attributes import DETAILS, NO_DETAILS, ModelAttributes, ModelDetails
from reconciler.resources.observation import ListedModel
from reconciler.resources.purpose import purpose_of_id
from reconciler.resources.resource import Recorded, Resource

Models = dict[Address, WantedResource]

_REASONS = {
    "declared": "declared",
    "last-known": "listed earlier",
    "held": "listed earlier; missing from a short list",
}


def wanted_models(endpoint: Endpoint, recorded: Recorded, reading: KnownModels) -> Models:
    """Return the declared models in file order, followed by the other models sorted by ID.

    The other models are listed, last-known or held.
    """
    declared = {model.id: model for model in endpoint.models}
    known = {at.name: resource for at, resource in recorded.items()}
    others = sorted((reading.fetched | reading.known) - declared.keys())
    return {
        at: _wanted(endpoint, at, model_id=model_id, declared=declared.get(model_id), before=before, reading=reading)
        for model_id in (*declared, *others)
        for before in (known.get(f"{endpoint.name}/{model_id}"),)
        for at in (before.address if before else address.model(endpoint.name, model_id),)
    }


def dropped_models(
    endpoint: Endpoint, recorded: Recorded, wanted: Models, reading: KnownModels
) -> dict[Address, Dropped]:
    """Return the recorded models that are no longer desired, each with the cause and the reason.

    `recorded` contains only the resources of this endpoint.
    """
    gone = [resource for at, resource in recorded.items() if at not in wanted and at.is_model]
    return {resource.address: _dropped(endpoint, resource, reading) for resource in gone}


def _wanted(
    endpoint: Endpoint,
    at: Address,
    model_id: str,
    declared: DeclaredModel | None,
    before: Resource | None,
    reading: KnownModels,
) -> WantedResource:
    purpose, purpose_source = _purpose(model_id, declared, before, reading)
    origin = "declared" if declared else "fetched" if model_id in reading.fetched else reading.origin
    written = declared.details if declared else NO_DETAILS
    attributes = ModelAttributes.of(purpose, written.over(_details(reading.raw.get(model_id))))
    facts = {"origin": origin, "purpose_source": purpose_source}
    source = declared.source if declared else endpoint.source
    if before is None:
        resource = Resource(at, attributes, facts)
        return WantedResource(resource, "config" if declared else "catalog", _reason(origin, reading), source)
    if before.attributes == attributes:  # no change needs a reason
        return WantedResource(before.with_facts(facts), "catalog", "", source)
    resource = Resource(at, attributes, facts)
    listed_before = reading.before.get(model_id)
    learned = _learned(written, listed_before)
    causes = _causes(resource, before, learned, _declared(written, before, _details(listed_before)))
    cause: Cause = "config" if "config" in causes.values() else "catalog"
    return WantedResource(resource, cause, _spoken_changes(resource, causes), source, learned=learned)


def _details(listed: ListedModel | None) -> ModelDetails:
    return (listed.details if listed else None) or NO_DETAILS


def _learned(written: ModelDetails, before: ListedModel | None) -> frozenset[str]:
    """Return the attributes that an older gwctl did not read.

    The first record of these attributes does not count as a change.
    """
    is_older = before is not None and before.details is None
    return frozenset(name for name in DETAILS if is_older and getattr(written, name) is None)


def _declared(written: ModelDetails, before: Resource, listed_before: ModelDetails) -> frozenset[str]:
    """Return the names of details that the gateway file declares now, or declared when the details were recorded."""
    then = before.as_model
    return frozenset(
        name
        for name in DETAILS
        if getattr(written, name) is not None or getattr(then, name) not in (None, getattr(listed_before, name))
    )


def _causes(
    resource: Resource, before: Resource, learned: Collection[str], declared: Collection[str]
) -> dict[str, Cause]:
    """Return {attribute: cause} for the attributes that differ."""
    now, then = resource.as_model, before.as_model
    causes: dict[str, Cause] = {
        name: "config" if name in declared else "catalog"
        for name in DETAILS
        if name not in learned and getattr(now, name) != getattr(then, name)
    }
    if now.purpose != then.purpose:
        is_declared = "declared" in (resource.facts["purpose_source"], before.facts.get("purpose_source"))
        causes["purpose"] = "config" if is_declared else "catalog"
    return causes


def _purpose(
    model_id: str, declared: DeclaredModel | None, before: Resource | None, reading: KnownModels
) -> tuple[Purpose, str]:
    """Return the purpose and the source of the purpose.

    The sources are, in this order: the declaration, the present list, the record, and the ID. If a recorded purpose
    came from a declaration that no longer exists, the record is ignored.
    """
    if declared and declared.purpose:
        return declared.purpose, "declared"
    listed = reading.raw.get(model_id)
    if listed and (model_id in reading.fetched or model_id not in reading.known):
        return listed.purpose, listed.purpose_source
    if before and before.facts.get("purpose_source") != "declared":
        return before.purpose, before.facts.get("purpose_source", "recorded")
    return (listed.purpose, listed.purpose_source) if listed else purpose_of_id(model_id)


def _spoken_changes(resource: Resource, causes: Mapping[str, Cause]) -> str:
    """Return the reasons why the attributes differ, as text for a plan."""
    words = [f"purpose from {_spoken(resource.facts['purpose_source'])}"] if "purpose" in causes else []
    for cause, reason in (("config", "changed in the gateway file"), ("catalog", "changed in the list")):
        names = [name for name in DETAILS if causes.get(name) == cause]
        words += [f"{', '.join(names)} {reason}"] if names else []
    return "; ".join(words)


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
