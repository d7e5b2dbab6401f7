"""The choice of endpoints and models for a tool, and the reasons for leaving others out."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import field, replace
from typing import Literal

from reconciler.clients.fields import KeyWay
from reconciler.clients.offer import Choice, Offer, OfferedEndpoint, endpoint_of
from reconciler.clients.tool import Tool
from reconciler.values import dataclass

LeftKind = Literal["api", "hostile", "limits"]
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, kw_only=True)
class Left:
    """An endpoint, or some models of an endpoint, that the tool's file leaves out."""

    kind: LeftKind
    endpoint: str = ""
    models: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The offer for a tool, or None if the tool can use no endpoint.

    `left` contains the endpoints and models that are left out.
    """

    offer: Offer | None
    left: tuple[Left, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Wish:
    """The client's part of the gateway file, and the default models in the gateway file."""

    gateway: str
    client: str
    key_from: KeyWay
    chat: Choice | None = None
    small: Choice | None = None
    defaults: Mapping[str, Choice] = field(default_factory=dict)  # {purpose: the model that is its default}


def choose(tool: Tool, wish: Wish, endpoints: Sequence[OfferedEndpoint]) -> Chosen:
    """Return the offer for the tool, chosen from the endpoints that this user can use.

    The endpoints are in the order of the gateway file.
    """
    left: list[Left] = []
    usable = [_usable(tool, endpoint, left) for endpoint in endpoints if _speaks(tool, endpoint, left)]
    usable = [endpoint for endpoint in usable if endpoint.models]
    if not usable:
        return Chosen(offer=None, left=tuple(left))
    default = endpoint_of(usable, wish.chat)
    first = default or usable[0]
    chat = wish.chat if default and wish.chat else Choice(endpoint=first.name, model=first.models[0].id)
    offered = (first,) if tool.has_one_endpoint else tuple(usable)
    small = wish.small if wish.small and endpoint_of(offered, wish.small) else chat
    offer = Offer(
        gateway=wish.gateway,
        client=wish.client,
        endpoints=offered,
        chat=chat,
        small=small,
        key_from=wish.key_from,
        defaults={purpose: one for purpose, one in wish.defaults.items() if endpoint_of(offered, one)},
    )
    return Chosen(offer=offer, left=tuple(left))


def why_unserved(tool: Tool, endpoints: Sequence[OfferedEndpoint], unknown: Collection[str] = ()) -> str:
    """Return the reason why no endpoint can serve the tool, or "" if an endpoint can serve the tool.

    An endpoint in `unknown` may serve the tool, because too little is known about the endpoint's models.
    """
    left: list[Left] = []
    speaking = [endpoint for endpoint in endpoints if _speaks(tool, endpoint, left)]
    if not speaking:
        return f"needs the API {' or '.join(tool.apis)}"
    if any(endpoint.name in unknown or _usable(tool, endpoint, left).models for endpoint in speaking):
        return ""
    is_short = any(each.kind == "limits" for each in left)
    return "needs known token limits" if is_short else f"needs a model for {tool.purposes[0]}"


def _speaks(tool: Tool, endpoint: OfferedEndpoint, left: list[Left]) -> bool:
    speaks = bool(set(tool.apis) & set(endpoint.apis))
    left += [] if speaks else [Left(kind="api", endpoint=endpoint.name)]
    return speaks


def _usable(tool: Tool, endpoint: OfferedEndpoint, left: list[Left]) -> OfferedEndpoint:
    """Return the endpoint with the models that the tool's file can contain. Add the other models to `left`."""
    hostile = [model.id for model in endpoint.models if is_hostile(tool, model.id)]
    safe = [model for model in endpoint.models if model.id not in hostile]
    unlimited = [model.id for model in safe if any(model.limits[each] is None for each in tool.needs_limits)]
    left += [Left(kind="hostile", endpoint=endpoint.name, models=tuple(hostile))] if hostile else []
    left += [Left(kind="limits", endpoint=endpoint.name, models=tuple(unlimited))] if unlimited else []
    return replace(endpoint, models=tuple(model for model in safe if model.id not in unlimited))


def is_hostile(tool: Tool, model_id: str) -> bool:
    """Return whether the ID contains template syntax that the tool would expand."""
    return bool(_CONTROL.search(model_id) or (tool.hostile and tool.hostile.search(model_id)))
