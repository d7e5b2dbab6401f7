"""Open WebUI: the variables that fill its database at the first start, as a shell script or for Compose.

The variables were read in the source of Open WebUI 0.12.4. Open WebUI itself was not tried.
https://docs.openwebui.com/reference/env-configuration
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from reconciler.clients.offer import Choice, Offer, OfferedEndpoint, entry_name
from reconciler.clients.printed.fragment import printed_tool
from reconciler.clients.tool import Tool

_NOTE = (
    "Written by gwctl. Open WebUI reads these variables only once, into its database.",
    "To change a value later, start Open WebUI with ENABLE_PERSISTENT_CONFIG=false, or use Open WebUI's settings.",
)
_NO_KEY = "none"
_SLOTS: Mapping[str, tuple[Mapping[str, str], str, str, str]] = {  # {purpose: (constants, model, base URL, key)}
    "embedding": (
        {"RAG_EMBEDDING_ENGINE": "openai"},
        "RAG_EMBEDDING_MODEL",
        "RAG_OPENAI_API_BASE_URL",
        "RAG_OPENAI_API_KEY",
    ),
    "image": (
        {"ENABLE_IMAGE_GENERATION": "true", "IMAGE_GENERATION_ENGINE": "openai"},
        "IMAGE_GENERATION_MODEL",
        "IMAGES_OPENAI_API_BASE_URL",
        "IMAGES_OPENAI_API_KEY",
    ),
}
Value = tuple[str, bool]  # a text, and whether it has references to variables


def _values(offer: Offer) -> Iterator[tuple[str, Value]]:
    """Yield (variable, value). The lists of base URLs and of keys have the same length."""
    chatting = [each for each in offer.endpoints if any(model.purpose == "chat" for model in each.models)]
    yield "OPENAI_API_BASE_URLS", (";".join(each.chat_base for each in chatting), False)
    yield "OPENAI_API_KEYS", (";".join(map(_key, chatting)), True)
    configs = {str(number): _config(offer, each) for number, each in enumerate(chatting)}
    yield "OPENAI_API_CONFIGS", (json.dumps(configs), False)
    if "," not in offer.chat.model:  # the variable has a list, without a way to write a comma
        yield "DEFAULT_MODELS", (_named(offer, offer.chat), False)
    yield "TASK_MODEL_EXTERNAL", (_named(offer, offer.small), False)
    for purpose, (constants, *names) in _SLOTS.items():
        choice = offer.defaults.get(purpose)
        if choice:
            endpoint = next(each for each in offer.endpoints if each.name == choice.endpoint)
            yield from ((name, (value, False)) for name, value in constants.items())
            values = (choice.model, False), (endpoint.chat_base, False), (_key(endpoint), True)
            yield from zip(names, values, strict=True)


def _key(endpoint: OfferedEndpoint) -> str:
    return f"${{{endpoint.variable}}}" if endpoint.has_key else _NO_KEY


def _config(offer: Offer, endpoint: OfferedEndpoint) -> dict[str, Any]:
    return {
        "enable": True,
        "prefix_id": _prefix(offer, endpoint.name),
        "model_ids": [model.id for model in endpoint.models if model.purpose == "chat"],
        "auth_type": "bearer" if endpoint.has_key else "none",
    }


def _prefix(offer: Offer, endpoint: str) -> str:
    """Return the prefix of the model IDs, or "" if the offer has only one endpoint.

    The prefix keeps the same ID on two endpoints apart.
    """
    return entry_name(offer.gateway, endpoint) if len(offer.endpoints) > 1 else ""


def _named(offer: Offer, choice: Choice) -> str:
    prefix = _prefix(offer, choice.endpoint)
    return f"{prefix}.{choice.model}" if prefix else choice.model


def _shell(offer: Offer) -> str:
    lines = [f"# {line}" for line in _NOTE]
    for name, (text, has_references) in _values(offer):
        lines.append(f"export {name}=" + (f'"{text}"' if has_references else shlex.quote(text)))
    return "\n".join(lines) + "\n"


def _compose(offer: Offer) -> str:
    lines = [*(f"# {line}" for line in _NOTE), "services:", "  open-webui:", "    environment:"]
    for name, (text, has_references) in _values(offer):
        written = text if has_references else text.replace("$", "$$")  # Compose replaces `$NAME` in every text
        lines.append(f"      {name}: {json.dumps(written, ensure_ascii=False)}")
    return "\n".join(lines) + "\n"


def _tool(name: str, title: str, text: Callable[[Offer], str]) -> Tool:
    return printed_tool(
        name=name,
        title=title,
        apis=("chat",),
        keys=("env", "none"),
        has_one_endpoint=False,
        purposes=("chat", *_SLOTS),
        text=text,
    )


SHELL = _tool("open-webui", "Open WebUI, as a shell script", _shell)
COMPOSE = _tool("open-webui-compose", "Open WebUI, for Compose", _compose)
