"""The models and endpoints that a tool can use, from the resources that a plan records."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from reconciler.address import DEFAULT, Address
from reconciler.clients.offer import Choice, Offer, OfferedModel
from reconciler.clients.tool import Tool
from reconciler.config.gateway import Client, Discover, Gateway
from reconciler.resources.resource import Resource
from reconciler.values import dataclass


@dataclass(frozen=True)
class Catalog:
    """All models that the plan will record."""

    resources: Mapping[Address, Resource]
    groups: Mapping[str, Mapping[Address, Resource]]

    def default(self, name: str) -> Choice | None:
        """Return the default model for the role, or None if the role has no default model."""
        resource = self.resources.get(Address(DEFAULT, name))
        at = resource.default_model if resource else None
        return Choice(endpoint=at.endpoint, model=at.model_id) if at else None

    def models(self, endpoint: str, client: Client, tool: Tool) -> tuple[OfferedModel, ...]:
        """Return the endpoint's models that the tool can use and the client's patterns select.

        Chat models come first.
        """
        group = self.groups.get(endpoint, {}).items()
        return models_for({at.model_id: each for at, each in group if at.is_model}, client, tool)


def models_for(models: Mapping[str, Resource], client: Client, tool: Tool) -> tuple[OfferedModel, ...]:
    """Return the models that the tool can use and the client's patterns select. Chat models come first.

    `models` is {model ID: model}.
    """
    fitting = {at: model for at, model in models.items() if fits(model, tool)}
    ids = Discover(include=client.models).passing(fitting, fitting.keys())
    return tuple(offered_model(at, fitting[at]) for at in sorted(ids, key=lambda at: fitting[at].purpose != "chat"))


def fits(model: Resource, tool: Tool) -> bool:
    """Return whether the tool can use the model.

    A model without APIs uses the APIs of its endpoint. Only chat models are checked for their API, because other models
    have their own paths.
    """
    apis = model.as_model.apis
    speaks = apis is None or model.purpose != "chat" or bool(set(apis) & set(tool.apis))
    return speaks and model.purpose in tool.purposes


def offered_model(model_id: str, resource: Resource) -> OfferedModel:
    """Return the model as it is offered to a tool."""
    model = resource.as_model
    return OfferedModel(
        id=model_id,
        purpose=resource.purpose or "chat",
        context=model.context,
        output=model.output,
        capabilities=model.capabilities or (),
    )


def reach_of(endpoint: Resource) -> str | None:
    """Return the change to the base URL, such as `/v1`, with which gwctl found the endpoint's model list.

    Return None if the endpoint has no list.
    """
    return str(endpoint.facts.get("reach", "")) if endpoint.facts.get("listed") else None


def config_of(offer: Offer, client: Client, gateway: Gateway) -> str:
    """Return a digest of the values in the gateway file that affect the client.

    If the digest changes, the gateway file is the cause of the client's change.
    """
    endpoints = [[each.name, each.base_url, each.apis, each.helper, each.variable] for each in offer.endpoints]
    roles = [[str(each.model) for each in gateway.defaults.get(role, ())] for role in ("chat", "small")]
    fields = [client.file, client.key_from, client.set_default, client.models, endpoints, roles]
    return hashlib.sha256(json.dumps(fields).encode()).hexdigest()[:16]
