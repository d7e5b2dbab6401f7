"""What a state's URL says by itself, without opening anything."""

from __future__ import annotations

from urllib.parse import urlsplit

from reconciler.text import printable

_REMOTE = frozenset(("postgresql", "postgres", "s3", "gs", "az", "http", "https"))


def is_remote(url: str) -> bool:
    """Whether the state is kept on another machine, so that looking at it is traffic."""
    return url.partition(":")[0].lower() in _REMOTE


def place_of(url: str) -> str:
    """Where that is, in words that may be shown: no user, no password, no token."""
    try:
        parts = urlsplit(url)
        host = f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"
    except ValueError:
        return f"{url.partition(':')[0]}:…"
    return printable(f"{parts.scheme}://{host}{parts.path}")
