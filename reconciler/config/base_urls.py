"""The base URLs of an endpoint for each protocol. An SDK adds the path of a call to the base URL."""

from __future__ import annotations

from urllib.parse import urlsplit

from reconciler.config.gateway import Endpoint
from reconciler.resources.urls import PREFIX, join, origin, reached

_CHAT = "/chat/completions"
_GEMINI_VERSIONS = ("/v1beta", "/v1alpha", "/v1")


def openai(endpoint: Endpoint, reach: str | None) -> str:
    """Return the base URL for `/chat/completions`.

    `reach` is the change to the base URL that led to the model list. Without a list, `reach` is None.
    """
    if endpoint.preset.dialect == "ollama":
        return native(endpoint, reach) + PREFIX
    path = endpoint.preset.chat_path
    if reach is None and not path and not urlsplit(endpoint.base_url).path:
        reach = PREFIX  # all known servers whose base URL has no path use /v1
    base = reached(endpoint.base_url, reach or "")
    chat = join(base, path or _CHAT)
    fits = chat.endswith(_CHAT) and origin(chat) == origin(base)
    return chat.removesuffix(_CHAT) if fits else base


def native(endpoint: Endpoint, reach: str | None) -> str:
    """Return the base URL for `/v1/messages` or `/api/chat`."""
    if reach is None or endpoint.preset.dialect == "openai":  # the reach belongs to another protocol
        return endpoint.base_url.removesuffix(PREFIX)
    return reached(endpoint.base_url, reach)


def gemini(endpoint: Endpoint, reach: str | None) -> str:
    """Return the base URL to which Gemini's SDK adds the API version and `/models/…`."""
    base = reached(endpoint.base_url, reach or "")
    ending = next((gemini_version for gemini_version in _GEMINI_VERSIONS if base.endswith(gemini_version)), "")
    return base.removesuffix(ending)


def none(_endpoint: Endpoint, _reach: str | None) -> str:
    """Return "", because the tool knows only the host of its vendor."""
    return ""
