"""Base URLs: the normal form of a user's URL, the paths below the URL, and the origin to which a key is bound."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import SplitResult, urljoin, urlsplit

from reconciler.pattern import pattern

_PORTS = {"http": 80, "https": 443}
_DOTS = pattern("[.\u3002\uff0e\uff61]")  # RFC 3490, 3.1
# The path of a call, which users paste from a vendor's page instead of the base URL.
_PASTED = ("/chat/completions", "/completions", "/embeddings", "/responses", "/messages", "/models")
_KEY_LIKE = pattern(r"(^|[&;])[^=&;]*(key|token|secret|password|auth|sig)[^=&;]*=", re.IGNORECASE)
PREFIX = "/v1"
AWAY = "-/v1"


def normalise_base_url(text: str) -> str:
    """Return the base URL without trailing slashes and without the path of a call.

    Raise ValueError if the URL is not valid. The message contains no user, password or query of the URL.
    """
    parts = _split(text, "a base URL")
    if "@" in parts.netloc:
        raise ValueError("the URL must not contain a user or password: use `key:`")
    if parts.query and _KEY_LIKE.search(parts.query):
        raise ValueError("the URL must not contain a key: use `key:`")
    if parts.query or parts.fragment:
        raise ValueError("a base URL cannot have a query (?) or a fragment (#)")
    path = parts.path.rstrip("/")
    path = path.removesuffix(next(filter(path.endswith, _PASTED), "")).rstrip("/")
    name, number = parts.hostname or "", parts.port
    host = f"[{name}]" if ":" in name else name
    port = f":{number}" if number is not None else ""
    return f"{parts.scheme}://{host}{port}{path}"


def normalise_proxy(text: str) -> str:
    """Return the proxy as `scheme://host[:port]`.

    Raise ValueError if the proxy is not valid. The message contains no user or password.
    """
    parts = _split(text, "a proxy")
    if "@" in parts.netloc:
        raise ValueError("the URL must not contain a user or password: if the proxy needs a password, set HTTPS_PROXY")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("a proxy URL cannot have a path, a query (?) or a fragment (#)")
    return origin(text)


@lru_cache(maxsize=4096)
def origin(url: str) -> str:
    """Return `scheme://host[:port]` in lower case, without a default port (RFC 6454). Keys are bound to origins."""
    parts = urlsplit(url)
    name = _in_ascii(parts.hostname or "")
    host = f"[{name}]" if ":" in name else name
    port = parts.port
    shown = "" if port is None or port == _PORTS.get(parts.scheme) else f":{port}"
    return f"{parts.scheme}://{host}{shown}"


def reaches(base_url: str) -> tuple[str, str]:
    """Return the changes to the base URL that may lead to the list.

    The first change is "", and the second change adds or removes `/v1`.
    """
    return ("", AWAY if base_url.endswith(PREFIX) else PREFIX)


def reached(base_url: str, reach: str) -> str:
    """Return the base URL after the change `reach`: "", "/v1" (added) or "-/v1" (removed)."""
    return base_url.removesuffix(PREFIX) if reach == AWAY else base_url + reach


def join(base_url: str, path: str) -> str:
    """Return the URL of `path` below the base URL. `..` moves up. An absolute URL is returned unchanged."""
    if urlsplit(path).scheme:
        return path
    return urljoin(base_url + "/", path.lstrip("/"))


def _in_ascii(host: str) -> str:
    """Return the host in ASCII, as in DNS. Similar or right-to-left letters thus cannot mislead a reader."""
    if host.isascii():
        return host
    labels = _DOTS.split(host)
    return ".".join(label if label.isascii() else f"xn--{label.encode('punycode').decode()}" for label in labels)


def is_loopback(url: str) -> bool:
    """Return whether the host of the URL is this machine, by its name or address. The check makes no DNS lookup."""
    return _is_this_machine(urlsplit(url).hostname or "")


@lru_cache(maxsize=4096)
def _is_this_machine(name: str) -> bool:
    host = name.rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):  # RFC 6761, 6.3
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _split(text: str, what: str) -> SplitResult:
    if not text.isprintable() or " " in text or "\\" in text:
        raise ValueError("a URL has no spaces, line breaks or backslashes")
    try:
        parts = urlsplit(text)
        port_is_legal = parts.port != 0
    except ValueError:
        raise ValueError("the host or the port is not valid") from None
    if parts.scheme not in _PORTS:
        raise ValueError(f"{what} must start with http:// or https://")
    if not parts.hostname or not port_is_legal:
        raise ValueError("the host is missing, or the port is 0")
    return parts
