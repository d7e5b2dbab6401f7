"""The URLs of an exchange: base, prefix, path and query joined."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

from reconciler import codes
from reconciler.live.fault import Fault
from reconciler.text import printable

PREFIX = "/v1"
AWAY = "-/v1"


def reaches(base_url: str) -> tuple[str, str]:
    """Return the changes to the base URL that may lead to the list: none, then with or without `/v1`."""
    return ("", AWAY if base_url.endswith(PREFIX) else PREFIX)


def reached(base_url: str, reach: str) -> str:
    """The base URL with `/v1` added or taken away."""
    return base_url.removesuffix(PREFIX) if reach == AWAY else base_url + reach


def join(base_url: str, path: str) -> str:
    """Return `path` below the base URL; `..` climbs, and an absolute URL stays as it is."""
    if urlsplit(path).scheme:
        return path
    return urljoin(base_url + "/", path.lstrip("/"))


def path_segment(text: str) -> str:
    """Return the text as one segment of a URL's path; raise `Fault` where it cannot be one.

    Everything but ASCII letters, digits and `-._~` is percent-encoded, so no `/`, `?`, `#` or `%` of the text counts as
    such. A segment of one or two dots means another place even when it is encoded (RFC 3986, 6.2.2.2 and 6.2.2.3).
    """
    try:
        encoded = quote(text, safe="")
    except UnicodeEncodeError:  # a lone surrogate
        encoded = ""
    if encoded in ("", ".", ".."):
        detail = f"The model's ID is part of the URL path, and `{printable(text, 80)}` cannot be used there."
        raise Fault(codes.CHAT_NOT_SUPPORTED, detail, "check the model's ID")
    return encoded


def with_query(url: str, more: Mapping[str, str]) -> str:
    """The URL with these parameters set; untouched when there are none."""
    if not more:
        return url
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True)) | dict(more)
    return urlunsplit(parts._replace(query=urlencode(query)))


def without_query(url: str) -> str:
    """The URL as it may be shown."""
    return urlunsplit(urlsplit(url)._replace(query=""))
