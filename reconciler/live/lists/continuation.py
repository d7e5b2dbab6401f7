"""The signs that a list has more pages, in the spellings of many servers, for every dialect."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from reconciler.live.dialect import Envelope
from reconciler.live.lists.admit import is_usable
from reconciler.live.urls import with_query
from reconciler.resources.urls import origin

# Names in lower case without `_`, `-`, `.` and `@`: hasMore and has_more are the same.
_HOLDERS = frozenset(
    ["pagination", "paging", "paginator", "meta", "metadata", "page", "pageinfo", "resultinfo", "links", "cursor"]
)
_FLAGS = frozenset(["hasmore", "hasnext", "hasnextpage", "morepages", "moreavailable", "istruncated", "truncated"])
_ENDS = frozenset(["last", "islast", "islastpage", "complete", "iscomplete"])  # false means that there are more pages
_NEXT = frozenset(
    [
        "next",
        "nextpage",
        "nextpagetoken",
        "nexttoken",
        "nextcursor",
        "nextpagecursor",
        "nexturl",
        "nextlink",
        "nextpageurl",
        "nexthref",
        "nextoffset",
        "nextmarker",
        "nextid",
        "odatanextlink",
        "continuationtoken",
    ]
)
_TOTALS = frozenset(
    ["total", "totalcount", "totalitems", "totalresults", "totalrecords", "totalsize", "totalmodels", "totalelements"]
)
_PAGES = frozenset(["totalpages", "pages", "pagecount", "numpages", "pagestotal"])
_LARGEST = 10**12
_NOT_PLAIN = re.compile(r"[^a-z0-9]")
_LINK = re.compile(r"<([^<>]*)>([^<>]*)")
_REL = re.compile(r"""\brel\s*=\s*["']?[^"';,]*\bnext\b""", re.IGNORECASE)


def number(value: Any) -> int | None:
    """Return a count from a number or a text. Return None if the value is not a count from 0 to 10^12."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 12:
        value = int(value)
    usable = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST
    return value if usable else None


def says_more(envelope: Envelope, headers: Mapping[str, str], entries: int, pages: int) -> bool:
    """Return whether the server says that the list has more entries or pages than these numbers."""
    signs = [*_signs(envelope), *_of_headers(headers)]
    return _link(headers) is not None or any(_is_more(name, value, entries, pages) for name, value in signs)


def next_url(envelope: Envelope, headers: Mapping[str, str], url: str) -> str | None:
    """Return the URL of the next page from the server's response.

    Return None if the response names no next page, or if the page is on another origin.
    """
    named = [_href(value) for name, value in _signs(envelope) if name in _NEXT]
    link = next(
        (candidate for candidate in (*named, _link(headers)) if candidate and re.match(r"https?://|[/?]", candidate)),
        None,
    )
    last = envelope.get("last_id")
    if link is None and isinstance(last, str) and is_usable(last) and envelope.get("has_more") is True:
        return with_query(url, {"after": last})  # as in OpenAI's other lists
    try:
        there = urljoin(url, link) if link and len(link) <= 4096 and link.isprintable() else None
        return there if there and origin(there) == origin(url) and "@" not in urlsplit(there).netloc else None
    except ValueError:
        return None


def _is_more(name: str, value: Any, entries: int, pages: int) -> bool:
    if name in _FLAGS:
        return value is True or value == 1 or str(value).lower() == "true"
    if name in _ENDS:
        return value is False
    if name in _NEXT:
        return _is_something(value)
    counted = number(value)
    return counted is not None and counted > (entries if name in _TOTALS else pages if name in _PAGES else _LARGEST)


def _is_something(value: Any) -> bool:
    return bool(value.strip() if isinstance(value, str) else value)


def _signs(holder: Mapping[str, Any], depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Yield (plain name, value) for the fields of a page that may describe further pages.

    A plain name has only lower-case letters and digits.
    """
    for name, value in holder.items():
        plain = _plain(name)
        yield plain, value
        if plain not in _HOLDERS or depth == 2:
            continue
        if isinstance(value, dict):
            yield from _signs(value, depth + 1)
        if isinstance(value, list):  # links: [{rel: next, href: …}]
            yield from ((_plain(str(item.get("rel"))), item.get("href")) for item in value if isinstance(item, dict))


def _of_headers(headers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield (plain name, value) for response headers such as X-Total-Count and X-Next-Page."""
    return ((_plain(name[2:]), value) for name, value in headers.items() if name.lower().startswith("x-"))


def _link(headers: Mapping[str, str]) -> str | None:
    """Return the target of the header `Link: <…>; rel="next"` (RFC 8288). Return None if there is no such header."""
    links = _LINK.findall(headers.get("link", "")[:8192])
    return next((where for where, rest in links if _REL.search(rest)), None)


def _href(value: Any) -> str | None:
    href = value.get("href") if isinstance(value, dict) else value
    return href if isinstance(href, str) else None


def _plain(name: str) -> str:
    return _NOT_PLAIN.sub("", name[:64].lower())
