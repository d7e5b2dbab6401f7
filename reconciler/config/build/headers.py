"""Building the headers with literal values, with checks of the names and values."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconciler import codes
from reconciler.config.checks.literals import known
from reconciler.diagnostics import Diagnosing, Diagnostic, Source, error
from reconciler.secrets.literal import why_header
from reconciler.text import printable
from reconciler.yaml.tree import MappingNode, Node, Scalar

# RFC 9110, 5.1 and 5.5.
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_REFER = (
    "use `key:`, or a reference as the value of the header: {env: NAME}; with a scheme: {env: NAME, scheme: Bearer}"
)
SET_BY_THE_CLIENT = frozenset(("host", "content-length", "transfer-encoding", "connection"))


def build_headers(node: Node | None, key_header: str) -> Diagnosing[tuple[tuple[str, str], ...]]:
    """Return the headers in file order. A header with a credential is an error. No message shows a value.

    `key_header` is the header that contains the key in a request.
    """
    if not isinstance(node, MappingNode):
        return ()
    pairs = {key: child.value for key, child in node.nodes.items() if isinstance(child, Scalar)}
    for key, value in pairs.items():
        yield from _faults(key, value, key_header, node.places[key])
    yield from _repeated(node)
    return tuple((key, value) for key, value in pairs.items() if isinstance(value, str))


def _faults(name: str, value: object, key_header: str, where: Source) -> Iterator[Diagnostic]:
    shown = printable(name, 60)
    if not HEADER_NAME.fullmatch(name):
        yield error(codes.BAD_HEADER, f"`{shown}` is not a header name", hint="use letters, digits and -", source=where)
    elif why := why_no_literal(name, value, key_header):
        summary = f"`{shown}` contains a credential: use a reference instead"
        yield error(
            codes.LITERAL_KEY, summary, detail=f"The value looks like a credential: {why}.", hint=_REFER, source=where
        )
    elif name.lower() in SET_BY_THE_CLIENT:
        yield error(codes.BAD_HEADER, f"gwctl sets `{shown}` for each request", hint="remove the header", source=where)
    elif isinstance(value, str) and not _can_be_sent(value):
        summary, hint = (
            f"the value of `{shown}` cannot be sent in a header",
            "use visible ASCII characters, with spaces only between them",
        )
        yield error(codes.BAD_HEADER, summary, hint=hint, source=where)


def why_no_literal(name: str, value: object, key_header: str) -> str:
    """Return the reason why the file must not contain this header value. If the value is allowed, return "".

    All references `${…}` in the value are already replaced.
    """
    if name.lower() == key_header.lower():
        return "the key is sent in this header"
    return why_header(name, value if isinstance(value, str) else "", known())


def _can_be_sent(value: str) -> bool:
    return value.isascii() and value.isprintable() and value == value.strip()


def _repeated(node: MappingNode) -> Iterator[Diagnostic]:
    seen: dict[str, str] = {}
    for name in node.nodes:
        first = seen.setdefault(name.lower(), name)
        if first != name:
            summary = f"`{printable(name, 60)}` and `{printable(first, 60)}` are the same header: case does not matter"
            yield error(codes.BAD_HEADER, summary, hint="keep one of the two", source=node.places[name])
