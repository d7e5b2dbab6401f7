"""Zed: entries of `language_models.openai_compatible` in the user's `settings.json`.

Zed keeps keys in its own keychain entry, so the user types the key once. Zed was not tried, because no package registry
has it. https://zed.dev/docs/ai/llm-providers
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from reconciler.clients.fields import FileUse
from reconciler.clients.offer import Offer, OfferedEndpoint, OfferedModel, entry_name
from reconciler.clients.tool import Part, Place, Surroundings, Tool

_DEFAULT: Place = ("agent", "default_model")


def _place_of(gateway: str, endpoint: str) -> tuple[str, Place]:
    name = entry_name(gateway, endpoint)
    return f"openai_compatible.{name}", ("language_models", "openai_compatible", name)


def _model(endpoint: OfferedEndpoint, model: OfferedModel) -> dict[str, Any]:
    """Return the entry of a model. Zed uses its own defaults for abilities that are not in the entry.

    The entry has no abilities if they are unknown and the endpoint has the chat API.
    """
    entry: dict[str, Any] = {"name": model.id, "display_name": model.id, "max_tokens": model.context}
    if model.output is not None:
        entry["max_output_tokens"] = model.output
    is_chat = "chat" in endpoint.apis
    if model.capabilities or not is_chat:
        entry["capabilities"] = {
            "tools": "tools" in model.capabilities or not model.capabilities,
            "images": "vision" in model.capabilities,
            "parallel_tool_calls": False,
            "prompt_cache_key": False,
            **({} if is_chat else {"chat_completions": False}),
        }
    return entry


def _parts(offer: Offer, _: FileUse) -> tuple[Part, ...]:
    chosen = {"provider": entry_name(offer.gateway, offer.chat.endpoint), "model": offer.chat.model}
    default = Part(name="default_model", covers=(_DEFAULT,), values={_DEFAULT: chosen}, is_default=True)
    return (*(_entry_part(offer, endpoint) for endpoint in offer.endpoints), default)


def _entry_part(offer: Offer, endpoint: OfferedEndpoint) -> Part:
    name, place = _place_of(offer.gateway, endpoint.name)
    models = [_model(endpoint, model) for model in endpoint.models]
    entry = {"api_url": endpoint.chat_base, "available_models": models}
    return Part(name=name, covers=(place,), values={place: entry})


def _folder(here: Surroundings) -> PurePath:
    if here.system == "win32":
        return here.folder("APPDATA", "AppData/Roaming") / "Zed"
    if here.system == "darwin":
        return here.home / ".config" / "zed"
    return here.folder("XDG_CONFIG_HOME", ".config") / "zed"


TOOL = Tool(
    name="zed",
    title="Zed",
    programs=("zed", "zeditor"),
    package="",
    format="json",
    apis=("chat", "responses"),
    keys=("none",),
    uses=("shared", "none"),
    has_one_endpoint=False,
    folder=_folder,
    own=lambda here, _: _folder(here) / "settings.json",
    shared=lambda here: _folder(here) / "settings.json",
    parts=_parts,
    covers={"default_model": (_DEFAULT,)},
    place_of=_place_of,
    plain=frozenset({_DEFAULT}),
    needs_limits=("context",),
    after="enter the key once: the agent's settings, the entry of this endpoint; an endpoint without a key: any word",
)
