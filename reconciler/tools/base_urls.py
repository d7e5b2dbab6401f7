"""The base URL of each protocol on an endpoint: SDKs add the call's path to it."""

from __future__ import annotations

from urllib.parse import urlsplit

from reconciler.config.gateway import Endpoint
from reconciler.live.urls import PREFIX, join, reached
from reconciler.resources.urls import origin

_CHAT = "/chat/completions"
_GEMINI_VERSIONS = ("/v1beta", "/v1alpha", "/v1")


def openai(endpoint: Endpoint, reach: str | None) -> str:
    """Return the base of `/chat/completions`; `reach` is the prefix that listed, None when nothing has."""
    if endpoint.preset.dialect == "ollama":
        return native(endpoint, reach) + PREFIX
    path = endpoint.preset.chat_path
    if reach is None and not path and not urlsplit(endpoint.base_url).path:
        reach = PREFIX  # every server of which gwctl knows, and that is reached at its root, has this one
    base = reached(endpoint.base_url, reach or "")
    chat = join(base, path or _CHAT)
    fits = chat.endswith(_CHAT) and origin(chat) == origin(base)
    return chat.removesuffix(_CHAT) if fits else base


def native(endpoint: Endpoint, reach: str | None) -> str:
    """Return the base of `/v1/messages` or `/api/chat`."""
    if reach is None or endpoint.preset.dialect == "openai":  # its reach is that of another protocol
        return endpoint.base_url.removesuffix(PREFIX)
    return reached(endpoint.base_url, reach)


def gemini(endpoint: Endpoint, reach: str | None) -> str:
    """Return the base of the API version and `/models/…`."""
    base = reached(endpoint.base_url, reach or "")
    ending = next((gemini_version for gemini_version in _GEMINI_VERSIONS if base.endswith(gemini_version)), "")
    return base.removesuffix(ending)


def none(_endpoint: Endpoint, _reach: str | None) -> str:
    """Return "": the tool knows only its vendor's host."""
    return ""
