"""Building the headers of an endpoint. The value of a header is either literal or a key reference."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler import codes
from reconciler.config.build.headers import HEADER_NAME, SET_BY_THE_CLIENT, build_headers
from reconciler.config.build.key import build_reference
from reconciler.diagnostics import Diagnosing, Diagnostic, Source, error
from reconciler.secrets.header import HeaderLiteral, HeaderReference, Headers, HeaderValue
from reconciler.text import printable
from reconciler.yaml.tree import MappingNode, Node, Scalar


def build_all_headers(headers: Node | None, key_header: str, has_key: bool) -> Diagnosing[Headers]:
    """Return all headers of the endpoint in file order.

    `key_header` is the header that contains the key of a request. `has_key` says whether the endpoint has `key:`.
    """
    if not isinstance(headers, MappingNode):
        return ()
    literals = yield from build_headers(headers, key_header)
    values: dict[str, HeaderValue] = {name: HeaderLiteral(value) for name, value in literals}
    for name, node in headers.nodes.items():
        if isinstance(node, MappingNode):
            yield from _faults(name, key_header if has_key else "", headers.places[name])
            reference = yield from _reference(node, headers.places[name])
            values |= {name: reference} if reference else {}
    return tuple((name, values[name]) for name in headers.nodes if name in values)


def sets_key_header(headers: Headers, key_header: str) -> bool:
    """Return whether a header with a key reference has the name `key_header`.

    Such a header replaces the field `key:`.
    """
    return any(name.lower() == key_header.lower() and isinstance(value, HeaderReference) for name, value in headers)


def _reference(node: MappingNode, where: Source) -> Diagnosing[HeaderReference | None]:
    scheme = node.nodes.get("scheme")
    rest = {key: child for key, child in node.nodes.items() if key != "scheme"}
    reference = yield from build_reference(
        MappingNode(source=node.source, nodes=rest, places=node.places), where, "value"
    )
    written = scheme.value if isinstance(scheme, Scalar) else ""
    if scheme is not None and (not isinstance(written, str) or not HEADER_NAME.fullmatch(written)):
        summary, hint = "`scheme` must be one word of visible ASCII characters", "as in {env: NAME, scheme: Bearer}"
        yield error(codes.BAD_HEADER, summary, hint=hint, source=scheme.source)
        return None
    return HeaderReference(reference, written) if reference and isinstance(written, str) else None


def _faults(name: str, key_header: str, where: Source) -> Iterator[Diagnostic]:
    shown, folded = printable(name, 60), name.lower()
    if not HEADER_NAME.fullmatch(name):
        yield error(codes.BAD_HEADER, f"`{shown}` is not a header name", hint="use letters, digits and -", source=where)
    elif folded in SET_BY_THE_CLIENT:
        yield error(codes.BAD_HEADER, f"gwctl sets `{shown}` for each request", hint="remove the header", source=where)
    elif folded == "proxy-authorization":
        summary = f"`{shown}` is for a proxy, but these headers are sent to the endpoint"
        hint = "remove `proxy:`, and set HTTPS_PROXY to the proxy URL with its password"
        yield error(codes.BAD_HEADER, summary, hint=hint, source=where)
    elif folded == key_header.lower():
        summary = f"`{shown}` and `key:` would set the same header"
        yield error(codes.BAD_HEADER, summary, hint="keep one of the two", source=where)
