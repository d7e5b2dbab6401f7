"""Pi: gwctl's entries in the user's `models.json`. Pi runs the key command for each request.

https://pi.dev/docs/models-configuration
"""

from __future__ import annotations

import shlex
from pathlib import PurePath
from typing import Any

from reconciler.address import Api
from reconciler.clients.fields import FileUse, KeyWay
from reconciler.clients.offer import Offer, OfferedEndpoint, OfferedModel, entry_name
from reconciler.clients.tool import Part, Place, Surroundings, Tool

_APIS: dict[Api, str] = {
    "chat": "openai-completions",
    "responses": "openai-responses",
    "messages": "anthropic-messages",
}  # the preferred one first


def _place_of(gateway: str, endpoint: str) -> tuple[str, Place]:
    name = entry_name(gateway, endpoint)
    return f"providers.{name}", ("providers", name)


def _key(endpoint: OfferedEndpoint, key_from: KeyWay) -> dict[str, str]:
    """Return the field of the key, if any. Without it, Pi hides the models, unless Pi's `auth.json` has a key."""
    if endpoint.helper:
        return {"apiKey": "!" + shlex.join(endpoint.helper)}
    if not endpoint.has_key:
        return {"apiKey": "none"}
    return {"apiKey": f"${{{endpoint.variable}}}"} if key_from == "env" else {}


def _model(model: OfferedModel) -> dict[str, Any]:
    limits = {"contextWindow": model.context, "maxTokens": model.output}
    return {
        "id": model.id,
        **({"reasoning": True} if "reasoning" in model.capabilities else {}),
        **({"input": ["text", "image"]} if "vision" in model.capabilities else {}),
        **{name: value for name, value in limits.items() if value is not None},
    }


def _parts(offer: Offer, _: FileUse) -> tuple[Part, ...]:
    return tuple(_part(offer, endpoint) for endpoint in offer.endpoints)


def _part(offer: Offer, endpoint: OfferedEndpoint) -> Part:
    name, place = _place_of(offer.gateway, endpoint.name)
    api = next(api for api in _APIS if api in endpoint.apis)
    entry = {
        "baseUrl": endpoint.root if api == "messages" else endpoint.chat_base,
        "api": _APIS[api],
        **_key(endpoint, offer.key_from),
        "models": [_model(model) for model in endpoint.models],
    }
    return Part(name=name, covers=(place,), values={place: entry})


def _folder(here: Surroundings) -> PurePath:
    return here.folder("PI_CODING_AGENT_DIR", ".pi/agent")


TOOL = Tool(
    name="pi",
    title="Pi",
    programs=("pi",),
    package="@earendil-works/pi-coding-agent",
    tried="1.5.2",
    format="json",
    apis=tuple(_APIS),
    keys=("helper", "env", "none"),
    uses=("shared", "none"),
    has_one_endpoint=False,
    folder=_folder,
    own=lambda here, _: _folder(here) / "models.json",
    shared=lambda here: _folder(here) / "models.json",
    parts=_parts,
    place_of=_place_of,
    after="choose a model with /model, which reads the file again",
)
