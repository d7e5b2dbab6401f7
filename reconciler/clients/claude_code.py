"""Claude Code: a separate settings file (`claude --settings FILE`), or gwctl's values in the user's settings file.

Claude Code uses only the Messages API. https://code.claude.com/docs/en/settings
"""

from __future__ import annotations

import shlex
from pathlib import PurePath
from typing import Any

from reconciler.clients.fields import FileUse
from reconciler.clients.offer import Offer
from reconciler.clients.tool import Part, Place, Surroundings, Tool, nested

_HELPER: Place = ("apiKeyHelper",)
_URL: Place = ("env", "ANTHROPIC_BASE_URL")
_TOKEN: Place = ("env", "ANTHROPIC_AUTH_TOKEN")
_KEY: Place = ("env", "ANTHROPIC_API_KEY")
_TIERS: tuple[Place, ...] = tuple(
    ("env", f"ANTHROPIC_DEFAULT_{tier}_MODEL") for tier in ("HAIKU", "SONNET", "OPUS", "FABLE")
)
_DISCOVERY: Place = ("env", "CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY")
_CONTEXT: Place = ("env", "CLAUDE_CODE_MAX_CONTEXT_TOKENS")
_OWN_MODEL: Place = ("env", "ANTHROPIC_MODEL")  # overrides the shell; in a shared file, also `/model`
_MODEL: Place = ("model",)
_COVERS: dict[str, tuple[Place, ...]] = {
    "login": (_URL, _HELPER, _TOKEN, _KEY, *_TIERS, _DISCOVERY, _CONTEXT),
    "model": (_MODEL,),
}
_NO_KEY = "echo none"  # otherwise the user's own helper would send another key to an endpoint without a key


def _login(offer: Offer) -> dict[Place, Any]:
    """Return the settings that select the endpoint. Two empty variables override the keys in the user's shell."""
    endpoint, small, chat = offer.first, offer.small.model, offer.chat.model
    values: dict[Place, Any] = {_URL: endpoint.root, _TOKEN: "", _KEY: "", _DISCOVERY: "1"}
    values |= dict(zip(_TIERS, (small, chat, chat, chat), strict=True))
    if endpoint.helper or not endpoint.has_key:
        values[_HELPER] = shlex.join(endpoint.helper) if endpoint.helper else _NO_KEY
    context = next((model.context for model in endpoint.models if model.id == chat), None)
    return values if context is None else {**values, _CONTEXT: str(context)}


def _parts(offer: Offer, use: FileUse) -> tuple[Part, ...]:
    login = _login(offer)
    if use == "own":
        return (Part(name="", covers=((),), values={(): nested({**login, _OWN_MODEL: offer.chat.model})}),)
    model = Part(name="model", covers=_COVERS["model"], values={_MODEL: offer.chat.model}, is_default=True)
    return (Part(name="login", covers=_COVERS["login"], values=login), model)


def _folder(here: Surroundings) -> PurePath:
    return here.folder("CLAUDE_CONFIG_DIR", ".claude")


TOOL = Tool(
    name="claude-code",
    title="Claude Code",
    programs=("claude",),
    package="@anthropic-ai/claude-code",
    tried="2.1.332",
    format="json",
    apis=("messages",),
    keys=("helper", "none"),
    uses=("own", "shared", "none"),
    has_one_endpoint=True,
    folder=_folder,
    own=lambda here, name: _folder(here) / f"{name}.settings.json",
    shared=lambda here: _folder(here) / "settings.json",
    parts=_parts,
    covers=_COVERS,
    plain=frozenset({_URL, _DISCOVERY, _CONTEXT, _MODEL, *_TIERS}),
    credentials=frozenset({_TOKEN, _KEY, _HELPER}),
    start=lambda path: shlex.join(["claude", "--settings", str(path)]),
    prompt=("-p",),
    after="restart running sessions of Claude Code",
    warning="a project's .claude/settings.json can redirect the base URL; Claude Code then sends the key to that URL",
)
