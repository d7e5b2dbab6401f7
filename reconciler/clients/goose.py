"""Goose: a custom vendor in a separate file, beside the files that `goose configure` writes.

The file was tried with `goose-sdk` 0.1.0a13, which has Goose's own reader. Goose itself was not tried.
https://block.github.io/goose/docs/getting-started/providers
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from reconciler.clients.fields import FileUse, KeyWay
from reconciler.clients.offer import Offer, OfferedEndpoint, OfferedModel
from reconciler.clients.tool import Part, Surroundings, Tool

_TIMEOUT = 10  # seconds: a keychain may have to be unlocked


def _id(offer: Offer) -> str:
    """Return the ID of the custom vendor. Goose expects the same name for the vendor's file."""
    name = offer.gateway if offer.client == TOOL.name else f"{offer.gateway}-{offer.client}"
    return f"gwctl-{name}"


def _key(endpoint: OfferedEndpoint, key_from: KeyWay) -> dict[str, Any]:
    if endpoint.helper:
        command, *arguments = endpoint.helper
        return {"auth": {"command": command, "args": arguments, "timeout_seconds": _TIMEOUT}}
    if endpoint.has_key and key_from == "env":
        return {"api_key_env": endpoint.variable}
    return {"requires_auth": False}


def _model(model: OfferedModel) -> dict[str, Any]:
    return {"name": model.id, "context_limit": model.context}


def _parts(offer: Offer, _: FileUse) -> tuple[Part, ...]:
    endpoint = offer.first
    models = sorted(endpoint.models, key=lambda model: model.id != offer.chat.model)
    is_chat = "chat" in endpoint.apis
    whole = {
        "name": _id(offer),
        "engine": "openai",
        "display_name": f"{offer.gateway} {endpoint.name}",
        "description": "written by gwctl",
        "base_url": endpoint.chat_base,
        **_key(endpoint, offer.key_from),
        "wire_api": "chat_completions" if is_chat else "responses",
        "dynamic_models": False,
        "models": [_model(model) for model in models],
    }
    return (Part(name="", covers=((),), values={(): whole}),)


def _folder(here: Surroundings) -> PurePath:
    if here.system == "win32":
        return here.folder("APPDATA", "AppData/Roaming") / "Block" / "goose" / "config"
    return here.folder("XDG_CONFIG_HOME", ".config") / "goose"


TOOL = Tool(
    name="goose",
    title="Goose",
    programs=("goose",),
    package="",
    format="json",
    apis=("chat", "responses"),
    keys=("helper", "env", "none"),
    uses=("own", "none"),
    has_one_endpoint=True,
    folder=_folder,
    own=lambda here, name: _folder(here) / "custom_providers" / f"gwctl-{name}.json",
    shared=lambda here: _folder(here) / "config.yaml",
    parts=_parts,
    needs_limits=("context",),
    start_words="choose it and a model in `goose configure`, then start it with",
    start=lambda path: f"GOOSE_PROVIDER={path.stem} goose",
    after="restart running sessions of Goose",
)
