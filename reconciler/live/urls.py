"""The URLs of an exchange with an endpoint: model IDs in their paths, and queries."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from reconciler import codes
from reconciler.live.fault import Fault
from reconciler.text import printable


def path_segment(text: str) -> str:
    """Return the text as one segment of a URL's path. Raise `Fault` if the text cannot be a segment.

    All characters except ASCII letters, digits and `-._~` are percent-encoded, so `/`, `?`, `#` and `%` have no special
    meaning. `.` and `..` are not allowed, because even encoded they change the path (RFC 3986, 6.2.2.2 and 6.2.2.3).
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
    """Return the URL with these query parameters set. If there are no parameters, the URL is unchanged."""
    if not more:
        return url
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True)) | dict(more)
    return urlunsplit(parts._replace(query=urlencode(query)))


def without_query(url: str) -> str:
    """Return the URL without its query, which may contain a secret."""
    return urlunsplit(urlsplit(url)._replace(query="")) if "?" in url else url
