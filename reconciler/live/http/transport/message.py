"""The head and the body of a request as httpcore takes them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, urlsplit

import httpcore

from reconciler import __version__
from reconciler.live.http.body import ACCEPTED
from reconciler.resources.urls import origin

_PORTS = {"http": 80, "https": 443}
_PATH = "!$%&'()*+,/:;=@[]|~\\^"  # characters that stay as they are; RFC 3986 allows most of them
_QUERY = _PATH + "?`{}"
_ALONE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HAVE_BODIES = ("POST", "PUT", "PATCH")


def http_url(url: str) -> httpcore.URL:
    """Return the URL for httpcore.

    Its host is that of `origin(url)`, to which keys are bound. Raise ValueError if the URL is not valid.
    """
    to, parts = urlsplit(origin(url)), urlsplit(url)
    if to.scheme not in _PORTS or not to.hostname:
        raise ValueError("not a URL of an HTTP server")
    target = _encoded(parts.path or "/", _PATH)
    if parts.query:
        target += f"?{_encoded(parts.query, _QUERY)}"
    return httpcore.URL(scheme=to.scheme, host=to.hostname, port=to.port or _PORTS[to.scheme], target=target)


def _encoded(text: str, safe: str) -> str:
    return quote(_ALONE.sub("%25", text), safe=safe)


def body_of(body: object, content: bytes | None) -> bytes | None:
    """Return the bytes of the body: `content` unchanged, or `body` as JSON."""
    if body is None:
        return content
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def headers_of(
    method: str, url: str, headers: Mapping[str, str], *, data: bytes | None, is_json: bool
) -> list[tuple[bytes, bytes]]:
    """Return the headers of a request with those that each request has. The given ones take precedence."""
    usual = {
        "host": ("Host", origin(url).partition("://")[2]),
        "accept": ("Accept", "application/json"),
        "accept-encoding": ("Accept-Encoding", ACCEPTED),
        "connection": ("Connection", "keep-alive"),
        "user-agent": ("User-Agent", f"gwctl/{__version__}"),
    }
    if data or method in _HAVE_BODIES:
        usual["content-length"] = ("Content-Length", str(len(data or b"")))
    if is_json:
        usual["content-type"] = ("Content-Type", "application/json")
    every = usual | {name.lower(): (name, value) for name, value in headers.items()}
    return [(name.encode("ascii"), value.encode("ascii")) for name, value in every.values()]


def header_values(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return the headers of a response by their names in lower case. Values of the same name are joined."""
    values: dict[str, str] = {}
    for raw, value in headers:
        name, text = raw.decode("ascii").lower(), _text(value)
        values[name] = f"{values[name]}, {text}" if name in values else text
    return values


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
