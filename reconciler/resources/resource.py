"""A resource: an endpoint, a model or a default, as desired or as recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from reconciler.address import MODEL, Address, Purpose
from reconciler.resources.attributes import (
    Attributes,
    DefaultAttributes,
    EndpointAttributes,
    ModelAttributes,
    SlotAttributes,
    as_data,
)

Recorded = Mapping[Address, "Resource"]
T = TypeVar("T", EndpointAttributes, ModelAttributes, DefaultAttributes)


@dataclass(frozen=True)
class Resource:
    """What an address stands for: `attributes` are compared, `facts` are only recorded.

    Facts of an endpoint: listed ({ID: [purpose, purpose_source]}, the raw list), reach, held and ca_content. Of a
    model: origin and purpose_source.
    """

    address: Address
    attributes: Attributes
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def data(self) -> dict[str, Any]:
        """The attributes as JSON has them."""
        data: dict[str, Any] = as_data(self.attributes)
        return data

    @property
    def as_endpoint(self) -> EndpointAttributes:
        """The attributes of an endpoint; TypeError for everything else."""
        return self._of(EndpointAttributes)

    @property
    def purpose(self) -> Purpose:
        """The purpose of a model; TypeError for everything else."""
        return self._of(ModelAttributes).purpose

    @property
    def default_model(self) -> Address:
        """The model that a default names; TypeError for everything else."""
        return Address(MODEL, self._of(DefaultAttributes).model)

    @property
    def slot(self) -> SlotAttributes:
        """What names the slot of an owned resource; TypeError for everything else."""
        if not isinstance(self.attributes, Mapping):
            raise TypeError(f"{self.address} is no owned resource")
        return self.attributes

    def _of(self, kind: type[T]) -> T:
        if not isinstance(self.attributes, kind):
            raise TypeError(f"{self.address} has no {kind.__name__}")
        return self.attributes


def models_of(resources: Recorded, endpoint: str) -> Iterator[Resource]:
    """The models of one endpoint, in recorded order."""
    return (resource for at, resource in resources.items() if at.is_model and at.endpoint == endpoint)


def by_endpoint(resources: Recorded) -> dict[str, dict[Address, Resource]]:
    """{endpoint: it and its models, in recorded order}, in one pass; the defaults are under ""."""
    groups: dict[str, dict[Address, Resource]] = {}
    for at, resource in resources.items():
        groups.setdefault(at.endpoint, {})[at] = resource
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
