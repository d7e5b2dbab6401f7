"""The models and endpoints that a tool can use, from the resources that a plan records.

If a tool can use no endpoint, the hint follows the cause.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

from reconciler import codes
from reconciler.address import DEFAULT, Address
from reconciler.clients.choose import Left
from reconciler.clients.offer import Choice, Offer, OfferedModel
from reconciler.clients.tool import Tool
from reconciler.config.gateway import Client, Discover, Endpoint, Gateway
from reconciler.diagnostics import Diagnostic, warning
from reconciler.resources.observation import Observation
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


@dataclass(frozen=True, kw_only=True)
class Unused:
    """The endpoints of a client that can use none of them.

    `left_out` is {endpoint: the diagnostic that says why}, such as a missing key. `left` contains the models that the
    tool's file cannot contain.
    """

    endpoints: Sequence[Endpoint]
    left_out: Mapping[str, Diagnostic]
    catalog: Catalog
    left: Sequence[Left]
    observations: Mapping[str, Observation]


def no_endpoint(client: Client, tool: Tool, unused: Unused) -> Diagnostic:
    """Return the warning that the tool can use no endpoint."""
    why, hint = _cause(tool, unused)
    summary = f"{client.address}: {tool.title} can use no endpoint: {why}"
    return warning(codes.CLIENT_NO_ENDPOINT, summary, hint=hint, address=client.address, source=client.source)


def _cause(tool: Tool, unused: Unused) -> tuple[str, str]:
    """Return the cause and a hint. The causes are in the order in which the user can correct them."""
    speaking = [endpoint.name for endpoint in unused.endpoints if set(endpoint.apis) & set(tool.apis)]
    if not speaking:
        apis = " or ".join(f"`{api}`" for api in tool.apis)
        return (
            f"no endpoint has the API {apis}",
            "if an endpoint serves the API, add the API to `apis:` of that endpoint",
        )
    for name in speaking:
        if name in unused.left_out:
            return f"{name} is left out", unused.left_out[name].hint
    for name in speaking:
        seen = unused.observations.get(name)
        if seen is not None and not any(at.is_model for at in unused.catalog.groups.get(name, ())):
            why = f" ({seen.summary})" if seen.summary else ""
            return f"no model of {name} is known{why}", seen.hint or f"gwctl test {name}"
    for left in unused.left:
        if left.endpoint in speaking and left.models:
            return f"the models of {left.endpoint} are left out", "correct the cause, which another message names"
    names, purposes = ", ".join(speaking), " or ".join(tool.purposes)
    return f"{names} has no model for {purposes} that this client selects", f"gwctl models {speaking[0]}"
