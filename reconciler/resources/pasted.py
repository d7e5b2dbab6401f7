"""Common mistakes in base URLs that a user pastes, and the correct URLs."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

_LISTENS = {"0.0.0.0", "::"}  # noqa: S104 - compared, not listened on
_AZURE = (".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com")
_AZURE_PATH = re.compile(r"(/openai(/deployments(/[^/]+)?)?)?$")
_OLLAMA = re.compile(r"/api(/(chat|tags|generate|embed|embeddings|show|ps|version))?$")


def meant_url(base_url: str, dialect: str) -> str | None:
    """Return the base URL that the user probably meant. Return None if the given URL looks right."""
    parts = urlsplit(base_url)
    host, path, netloc = parts.hostname or "", parts.path, parts.netloc
    if host in _LISTENS:
        netloc = f"localhost:{parts.port}" if parts.port else "localhost"
    if host.endswith(_AZURE) and _AZURE_PATH.fullmatch(path):
        path = "/openai/v1"
    if _OLLAMA.search(path):
        path = _OLLAMA.sub("" if dialect == "ollama" else "/v1", path)
    meant = urlunsplit(parts._replace(netloc=netloc, path=path))
    return meant if meant != base_url else None


def is_where_servers_listen(base_url: str) -> bool:
    """Return whether the host is only an address for listening (0.0.0.0, ::). Clients cannot use such an address."""
    return urlsplit(base_url).hostname in _LISTENS
