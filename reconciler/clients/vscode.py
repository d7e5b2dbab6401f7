"""VS Code's chat: a group of models in the user's file `chatLanguageModels.json`, which is a list of groups.

VS Code has this file since version 1.122. gwctl was tried with code-server. VS Code reads keys only from its own secret
storage, so the user pastes the key once. https://code.visualstudio.com/docs/copilot/customization/language-models
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Any

from reconciler.clients.fields import FileUse
from reconciler.clients.offer import Offer, OfferedEndpoint, OfferedModel, entry_name
from reconciler.clients.tool import Part, Place, Selector, Surroundings, Tool

_TEMPLATE = re.compile(r"\$\{")  # ${input:…}, ${apiKey}
_FILE = "chatLanguageModels.json"


def _group(gateway: str, endpoint: str) -> Selector:
    return (("name", entry_name(gateway, endpoint)), ("vendor", "customendpoint"))


def _place_of(gateway: str, endpoint: str) -> tuple[str, Place]:
    return entry_name(gateway, endpoint), (_group(gateway, endpoint), "models")


def _model(endpoint: OfferedEndpoint, model: OfferedModel) -> dict[str, Any]:
    return {
        "id": model.id,
        "name": model.id,
        "url": f"{endpoint.chat_base}/chat/completions",
        "toolCalling": "tools" in model.capabilities,
        "vision": "vision" in model.capabilities,
        "contextWindow": model.context,
        "maxOutputTokens": model.output,
    }


def _parts(offer: Offer, _: FileUse) -> tuple[Part, ...]:
    return tuple(_part(offer.gateway, endpoint) for endpoint in offer.endpoints)


def _part(gateway: str, endpoint: OfferedEndpoint) -> Part:
    name, place = _place_of(gateway, endpoint.name)
    places = TOOL.covered(place)
    models = [_model(endpoint, model) for model in endpoint.models]
    return Part(name=name, covers=places, values=dict(zip(places, (models, "chat-completions"), strict=True)))


def _folder(here: Surroundings) -> PurePath:
    """Return the user directory of VS Code's default profile.

    Other profiles have their own directories. The user can name such a directory with `path:`.
    """
    if here.system == "darwin":
        return here.home / "Library" / "Application Support" / "Code" / "User"
    if here.system == "win32":
        return here.folder("APPDATA", "AppData/Roaming") / "Code" / "User"
    return here.folder("XDG_CONFIG_HOME", ".config") / "Code" / "User"


TOOL = Tool(
    name="vscode",
    title="VS Code",
    programs=("code",),
    package="",
    tried="1.139.1",
    format="json",
    apis=("chat",),
    keys=("none",),
    uses=("shared", "none"),
    has_one_endpoint=False,
    folder=_folder,
    own=lambda here, _: _folder(here) / _FILE,
    shared=lambda here: _folder(here) / _FILE,
    parts=_parts,
    place_of=_place_of,
    siblings=("apiType",),
    hostile=_TEMPLATE,
    needs_limits=("context", "output"),
    after="open Manage Language Models, right-click a model of this endpoint, choose Update API Key, and paste the key",
)
