"""The headers of an endpoint: literal ones, and those whose value is a key reference."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.config.build_headers import HEADER_NAME, SET_BY_THE_CLIENT, build_headers
from reconciler.config.build_key import build_reference
from reconciler.config.tree import Fields, Node
from reconciler.diagnostics import Diagnostic, Source, error
from reconciler.secrets.reference import KeyReference
from reconciler.text import printable

Headers = tuple[tuple[str, str | KeyReference], ...]


def build_all_headers(given: Node | None, key_header: str, has_key: bool, found: list[Diagnostic]) -> Headers:
    """All headers in file order; `has_key`: whether `key:` is written, which goes into `key_header`."""
    if not isinstance(given, Fields):
        return ()
    made: dict[str, str | KeyReference] = dict(build_headers(given, key_header, found))
    for name, node in given.nodes.items():
        if isinstance(node, Fields):
            found += _faults(name, key_header if has_key else "", given.places[name])
            reference = build_reference(node, given.places[name], "value", found)
            made |= {name: reference} if reference else {}
    return tuple((name, made[name]) for name in given.nodes if name in made)


def sets_key_header(headers: Headers, key_header: str) -> bool:
    """Whether one of the headers is a reference that takes the place of `key:`."""
    return any(name.lower() == key_header.lower() and not isinstance(value, str) for name, value in headers)


def _faults(name: str, key_header: str, where: Source) -> Iterator[Diagnostic]:
    shown, folded = printable(name, 60), name.lower()
    if not HEADER_NAME.fullmatch(name):
        yield error("BAD_HEADER", f"`{shown}` is no header's name", "", "letters, digits and -", source=where)
    elif folded in SET_BY_THE_CLIENT:
        yield error("BAD_HEADER", f"`{shown}` is set for each request", "", "take it out", source=where)
    elif folded == "proxy-authorization":
        summary = f"`{shown}` is for a proxy, and these headers go to the endpoint"
        hint = "take `proxy:` out, and name the proxy with its password in HTTPS_PROXY"
        yield error("BAD_HEADER", summary, "", hint, source=where)
    elif folded == key_header.lower():
        summary = f"`{shown}` and `key:` would set the same header"
        yield error("BAD_HEADER", summary, "", "keep one of the two", source=where)
