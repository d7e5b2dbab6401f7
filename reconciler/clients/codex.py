"""Codex: a separate profile (`codex --profile NAME`) with the endpoint and its key command.

Codex uses only the Responses API. https://developers.openai.com/codex/config-reference
"""

from __future__ import annotations

import shlex
from pathlib import PurePath
from typing import Any

from reconciler.clients.fields import FileUse, KeyWay
from reconciler.clients.offer import Offer, OfferedEndpoint
from reconciler.clients.tool import OwnConflict, Part, Surroundings, Tool

_PROFILE = ".config.toml"
_PLAIN = (("model",), ("model_provider",), ("model_context_window",))
_PATIENCE = 10_000  # milliseconds: a keychain may have to be unlocked


def _provider(offer: Offer, endpoint: OfferedEndpoint, key_from: KeyWay) -> dict[str, Any]:
    table: dict[str, Any] = {"name": endpoint.name, "base_url": endpoint.chat_base, "wire_api": "responses"}
    if endpoint.helper:
        command, *arguments = endpoint.helper
        table["auth"] = {"command": command, "args": arguments, "timeout_ms": _PATIENCE}
    elif endpoint.has_key and key_from == "env":
        table |= {"env_key": endpoint.variable, "env_key_instructions": "gwctl run -- codex"}
    return table


def _parts(offer: Offer, _: FileUse) -> tuple[Part, ...]:
    endpoint = offer.first
    # Codex rejects the names of its built-in providers, and merges tables that have the same name.
    name = f"{offer.gateway}-{endpoint.name}"
    document: dict[str, Any] = {"model": offer.chat.model, "model_provider": name}
    context = next((model.context for model in endpoint.models if model.id == offer.chat.model), None)
    if context is not None:
        document["model_context_window"] = context
    document["model_providers"] = {name: _provider(offer, endpoint, offer.key_from)}
    return (Part(name="", covers=((),), values={(): document}),)


def _folder(here: Surroundings) -> PurePath:
    return here.folder("CODEX_HOME", ".codex")


def _start(path: PurePath) -> str:
    return shlex.join(["codex", "--profile", path.name.removesuffix(_PROFILE)])


def _conflicts(document: Any) -> tuple[OwnConflict, ...]:
    """Return the user's settings that prevent Codex from starting.

    Codex before version 0.134 still used these settings.
    """
    old = [name for name in ("profile", "profiles") if isinstance(document, dict) and name in document]
    hint = "move each profile to a file NAME.config.toml in the same directory, then remove the setting"
    return tuple(OwnConflict(what=f"Codex does not start if the file has `{name}`", hint=hint) for name in old)


TOOL = Tool(
    name="codex",
    title="Codex",
    programs=("codex",),
    package="@openai/codex",
    tried="0.169.0",
    format="toml",
    apis=("responses",),
    keys=("helper", "env", "none"),
    uses=("own", "none"),
    has_one_endpoint=True,
    folder=_folder,
    own=lambda here, name: _folder(here) / f"{name}{_PROFILE}",
    # Codex saves its own settings in the profile: `tui`, and the directories that the user trusts (`projects`)
    own_covers=(*_PLAIN, ("model_providers",)),
    plain=frozenset(_PLAIN),
    shared=lambda here: _folder(here) / "config.toml",
    parts=_parts,
    start=_start,
    conflicts=_conflicts,
    prompt=("exec", "--skip-git-repo-check"),
    after="restart running sessions of Codex",
)
