"""A resource: an endpoint, a model or a default, as desired or as recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.address import Address, Purpose

Recorded = Mapping[Address, "Resource"]


@dataclass(frozen=True)
class Resource:
    """What an address stands for: `attributes` are compared, `facts` are only recorded.

    Endpoint: base_url, preset, dialect, key, headers, timeout, discover, protect, tls, proxy; facts listed
    ({ID: [purpose, purpose_source]}, the raw list), reach, held and ca_content. Model: purpose; facts origin and
    purpose_source. Default: model, as ENDPOINT/ID.
    """

    address: Address
    attributes: Mapping[str, Any]
    facts: Mapping[str, Any] = field(default_factory=dict)


def models_of(resources: Recorded, endpoint: str) -> Iterator[Resource]:
    """The models of one endpoint, in recorded order."""
    return (found for at, found in resources.items() if at.is_model and at.endpoint == endpoint)


def by_endpoint(resources: Recorded) -> dict[str, dict[Address, Resource]]:
    """{endpoint: it and its models, in recorded order}, in one pass; the defaults are under ""."""
    groups: dict[str, dict[Address, Resource]] = {}
    for at, found in resources.items():
        groups.setdefault(at.endpoint, {})[at] = found
    return groups


def endpoints_of(resources: Recorded) -> list[str]:
    """The names of all endpoints, in recorded order."""
    return [at.name for at in resources if at.is_endpoint]


def held_of(resource: Resource | None) -> frozenset[str]:
    """The IDs of an endpoint that a short list omitted, and that nobody has let go since."""
    return frozenset(resource.facts.get("held", ())) if resource else frozenset()


def raw_list(resource: Resource | None) -> dict[str, tuple[Purpose, str]]:
    """The IDs that the endpoint's list held when it was last recorded: {ID: (purpose, purpose_source)}."""
    listed = resource.facts.get("listed", {}) if resource else {}
    return {model_id: (entry[0], entry[1]) for model_id, entry in listed.items()}
