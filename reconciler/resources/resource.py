"""A resource, as desired or as recorded. A resource is an endpoint, a model, a default or an owned resource."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any, TypeVar

from reconciler import safe_json
from reconciler.address import KINDS, MODEL, Address, Kind, Purpose, spelt_address
from reconciler.resources.attributes import (
    NO_DETAILS,
    RECORDED_ATTRIBUTES,
    Attributes,
    DefaultAttributes,
    EndpointAttributes,
    ModelAttributes,
    ModelDetails,
    SlotAttributes,
)
from reconciler.resources.observation import ListedModel
from reconciler.values import dataclass

if TYPE_CHECKING:
    from pydantic_core import CoreSchema

Recorded = Mapping[Address, "Resource"]
T = TypeVar("T", EndpointAttributes, ModelAttributes, DefaultAttributes)


@dataclass(frozen=True, slots=True)
class Resource:
    """The resource at an address. The planner compares `attributes`. `facts` are only recorded.

    The facts of an endpoint are `listed` ({ID: [purpose, purpose_source, details]}, the unfiltered list), `reach`,
    `held` and `ca_content`. The facts of a model are `origin` and `purpose_source`.
    """

    address: Address
    attributes: Attributes
    facts: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, handler: Any) -> CoreSchema:
        """Return pydantic's schema. The kind in the address decides which attributes are valid."""
        from pydantic_core import core_schema

        sides = {kind.name: _side(cls, handler, kind) for kind in KINDS.values()}
        return core_schema.tagged_union_schema(sides, _word_of_kind)

    @property
    def data(self) -> dict[str, Any]:
        """The attributes as JSON data. Details of a model that are not known are left out."""
        if isinstance(self.attributes, ModelAttributes):
            return known(self.attributes)
        data: dict[str, Any] = safe_json.as_data(self.attributes)
        return data

    @property
    def as_endpoint(self) -> EndpointAttributes:
        """The attributes of an endpoint. Raise TypeError if the resource is not an endpoint."""
        return self._of(EndpointAttributes)

    @property
    def purpose(self) -> Purpose:
        """The purpose of a model. Raise TypeError if the resource is not a model."""
        return self.as_model.purpose

    @property
    def as_model(self) -> ModelAttributes:
        """The attributes of a model. Raise TypeError if the resource is not a model."""
        return self._of(ModelAttributes)

    @property
    def default_model(self) -> Address:
        """The model that a default names. Raise TypeError if the resource is not a default."""
        return Address(MODEL, self._of(DefaultAttributes).model)

    @property
    def slot(self) -> SlotAttributes:
        """The slot of an owned resource. Raise TypeError if the resource is not an owned resource."""
        if not isinstance(self.attributes, Mapping):
            raise TypeError(f"{self.address} is not an owned resource")
        return self.attributes

    def or_same(self, before: Resource | None) -> Resource:
        """Return the recorded resource itself if this resource is equal to it. Equal resources need no second copy."""
        return before if before is not None and before == self else self

    def with_facts(self, facts: Mapping[str, Any]) -> Resource:
        """Return the resource with these facts. A resource that has them is returned unchanged."""
        return self if self.facts == facts else Resource(self.address, self.attributes, facts)

    def _of(self, kind: type[T]) -> T:
        if not isinstance(self.attributes, kind):
            raise TypeError(f"{self.address} has no {kind.__name__}")
        return self.attributes


def _word_of_kind(document: Any) -> str | None:
    """Return the kind in the address of a resource's document. Return None if the document has no address."""
    address = document.get("address") if isinstance(document, dict) else None
    return address.partition(".")[0] if isinstance(address, str) else None


def _side(cls: type[Resource], handler: Any, kind: Kind) -> CoreSchema:
    """Return the schema of a resource with this kind.

    An owned resource has text attributes, which name the slot of the resource.
    """
    from pydantic_core import core_schema

    parts = {
        "address": spelt_address([kind]),
        "attributes": handler.generate_schema(RECORDED_ATTRIBUTES.get(kind, dict[str, str])),
        "facts": handler.generate_schema(dict[str, Any]),
    }
    fields = {name: core_schema.typed_dict_field(part) for name, part in parts.items()}
    document = core_schema.typed_dict_schema(fields, extra_behavior="forbid")
    return core_schema.no_info_after_validator_function(lambda sides: cls(**sides), document)


def models_of(resources: Recorded, endpoint: str) -> Iterator[Resource]:
    """Return the models of one endpoint, in recorded order."""
    return (resource for at, resource in resources.items() if at.is_model and at.endpoint == endpoint)


def by_endpoint(resources: Recorded) -> dict[str, dict[Address, Resource]]:
    """Return {name of an endpoint: the endpoint and its models}, in recorded order. The key of the defaults is ""."""
    groups: dict[str, dict[Address, Resource]] = {}
    for at, resource in resources.items():
        groups.setdefault(at.endpoint, {})[at] = resource
    return groups


def endpoints_of(resources: Recorded) -> list[str]:
    """Return the names of all endpoints, in recorded order."""
    return [at.name for at in resources if at.is_endpoint]


def held_of(resource: Resource | None) -> frozenset[str]:
    """Return the IDs of an endpoint's held models.

    A short list omitted these models, and the user has not accepted the short list.
    """
    return frozenset(resource.facts.get("held", ())) if resource else frozenset()


def replaced_by(resource: Resource) -> frozenset[str]:
    """Return the names of the new endpoints that are to replace this endpoint.

    An earlier plan kept this endpoint, because a new endpoint had no list, or a list that was too short.
    """
    return frozenset(resource.facts.get("replaced_by", ()))


def raw_list(resource: Resource | None) -> dict[str, ListedModel]:
    """Return {ID: model} of the last recorded list of an endpoint. The list is unfiltered."""
    listed = resource.facts.get("listed", {}) if resource else {}
    return {model_id: _listed(model_id, *entry) for model_id, entry in listed.items()}


def raw_facts(raw: Mapping[str, ListedModel]) -> dict[str, list[Any]]:
    """Return the fact `listed`. `raw_list` reads the recorded list from this fact."""
    return {model_id: _entry(model) for model_id, model in sorted(raw.items())}


def unread(resource: Resource | None) -> int:
    """Return the number of models without recorded details in the last list. An older gwctl recorded no details."""
    listed = resource.facts.get("listed", {}) if resource else {}
    return sum(len(entry) == _WITHOUT_DETAILS for entry in listed.values())


_WITHOUT_DETAILS = 2  # elements of an entry


def _listed(model_id: str, purpose: Purpose, source: str, details: Mapping[str, Any] | None = None) -> ListedModel:
    return ListedModel(model_id, purpose, source, None if details is None else details_from(details))


def details_from(values: Mapping[str, Any]) -> ModelDetails:
    """Return the known details of a model from JSON data."""
    sides: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    return ModelDetails(**sides) if sides else NO_DETAILS


def _entry(model: ListedModel) -> list[Any]:
    entry: list[Any] = [model.purpose, model.purpose_source]
    if model.details is None:
        return entry
    return [*entry, known(model.details)]


def known(details: ModelDetails | ModelAttributes) -> dict[str, Any]:
    """Return the known details of a model as JSON data."""
    if details is NO_DETAILS:
        return {}
    values = ((name, getattr(details, name)) for name in type(details).__slots__)
    return {name: list(value) if type(value) is tuple else value for name, value in values if value is not None}
