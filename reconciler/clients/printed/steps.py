"""Cursor, JetBrains AI and Cline: steps for a person, with the values filled in. gwctl writes no file for these tools.

Cursor and JetBrains keep their settings in their own stores. Cline's file would contain the key as plain text. The
steps were not tried.
https://docs.cursor.com/settings/api-keys https://www.jetbrains.com/help/ai-assistant https://docs.cline.bot
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from reconciler.clients.offer import Offer, OfferedEndpoint
from reconciler.clients.printed.fragment import printed_tool


def _numbered(title: str, steps: Iterable[str], *after: str) -> str:
    lines = [f"{title}:", "", *(f"{number}. {step}" for number, step in enumerate(steps, 1))]
    return "\n".join([*lines, *(["", *after] if after else [])]) + "\n"


def _key(endpoint: OfferedEndpoint) -> str:
    if not endpoint.has_key:
        return "the endpoint needs no key: type `none`"
    variable = f", which {endpoint.variable} contains" if endpoint.variable else ""
    return f"paste the key of {endpoint.name}{variable}"


def _models(offer: Offer) -> list[str]:
    others = [model.id for model in offer.first.models if model.id != offer.chat.model]
    return [offer.chat.model, *others]


def _cursor(offer: Offer) -> str:
    endpoint = offer.first
    steps = [
        "open Cursor Settings, Models",
        f"OpenAI API Key: {_key(endpoint)}",
        f"Override OpenAI Base URL: {endpoint.chat_base}",
        *(f"Add Custom Model: {model}" for model in _models(offer)),
    ]
    notes = ["Cursor's own servers contact the endpoint, so the key goes through them."]
    if endpoint.is_local:
        notes.append("They cannot reach this endpoint: its URL is for this machine only.")
    return _numbered("Cursor has no file for an endpoint", steps, *notes)


def _jetbrains(offer: Offer) -> str:
    endpoint = offer.first
    steps = [
        "open Settings, Tools, AI Assistant, Models & API keys",
        "third-party AI: choose OpenAI-compatible",
        f"URL: {endpoint.chat_base}",
        f"API key: {_key(endpoint)}",
        f"Test Connection, then choose {offer.chat.model} for core features, {offer.small.model} for instant help",
    ]
    return _numbered("AI Assistant of the JetBrains editors has no file for an endpoint", steps)


def _cline(offer: Offer) -> str:
    endpoint = offer.first
    typed = shlex.join(["cline", "auth", "-p", "openai-compatible", "-b", endpoint.chat_base, "-m", offer.chat.model])
    steps = [
        "open the settings of Cline, API Configuration",
        "API Provider: OpenAI Compatible",
        f"Base URL: {endpoint.chat_base}",
        f"API Key: {_key(endpoint)}",
        f"Model ID: {offer.chat.model}",
    ]
    notes = (
        f"On the command line, this asks for the key: {typed}",
        "Cline keeps the key as plain text in its file, so gwctl does not write that file.",
    )
    return _numbered("In an editor", steps, *notes)


CURSOR = printed_tool(name="cursor", title="Cursor", apis=("chat",), keys=("none",), text=_cursor)
JETBRAINS = printed_tool(
    name="jetbrains", title="JetBrains AI Assistant", apis=("chat",), keys=("none",), text=_jetbrains
)
CLINE = printed_tool(name="cline", title="Cline", apis=("chat",), keys=("none",), text=_cline)
