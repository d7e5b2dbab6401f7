"""The checks of a custom preset that the schema cannot express."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconciler import codes
from reconciler.codes import Code
from reconciler.config.build.headers import HEADER_NAME, build_headers
from reconciler.diagnostics import Diagnostic, error
from reconciler.presets.dialects import DIALECTS
from reconciler.resources.urls import normalise_base_url
from reconciler.text import did_you_mean
from reconciler.yaml.tree import MappingNode, Scalar, at, value_place

_PART = re.compile(r"\{[a-z0-9_-]+\}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def preset_faults(root: MappingNode, name: str, node: MappingNode) -> Iterator[Diagnostic]:
    """Yield the faults in the preset's URL, dialect, variable and headers. The same rules apply to endpoints."""
    yield from _url(root, name)
    yield from _dialect(root, name)
    yield from _variable(root, name)
    yield from _auth(root, name)
    yield from build_headers(node.nodes.get("headers"), _text(root, name, "auth", "header") or "")


def _text(root: MappingNode, name: str, *path: str) -> str | None:
    node = at(root, ("presets", name, *path))
    return node.value if isinstance(node, Scalar) and isinstance(node.value, str) else None


def _wrong(root: MappingNode, name: str, path: tuple[str, ...], summary: str, hint: str, code: Code) -> Diagnostic:
    return error(code, summary, hint=hint, source=value_place(root, ("presets", name, *path)))


def _url(root: MappingNode, name: str) -> Iterator[Diagnostic]:
    written = _text(root, name, "base_url")
    if not written:
        return
    try:
        normalise_base_url(_PART.sub("part", written))
    except ValueError as fault:
        yield _wrong(
            root,
            name,
            path=("base_url",),
            summary=f"`base_url`: {fault}",
            hint="as in `https://llm.example/v1`",
            code=codes.BAD_URL,
        )


def _dialect(root: MappingNode, name: str) -> Iterator[Diagnostic]:
    written = _text(root, name, "dialect")
    if written is not None and written not in DIALECTS:
        hint = did_you_mean(written, DIALECTS)
        yield _wrong(
            root, name, path=("dialect",), summary="there is no such dialect", hint=hint, code=codes.UNKNOWN_DIALECT
        )


def _variable(root: MappingNode, name: str) -> Iterator[Diagnostic]:
    written = _text(root, name, "variable")
    if written and not _VARIABLE.fullmatch(written):
        hint = "write the name of the variable that contains the key, not the key"
        yield _wrong(
            root,
            name,
            path=("variable",),
            summary="`variable` is not a variable name",
            hint=hint,
            code=codes.LITERAL_KEY,
        )


def _auth(root: MappingNode, name: str) -> Iterator[Diagnostic]:
    for field, may_be_empty in (("header", False), ("scheme", True)):
        written = _text(root, name, "auth", field)
        if written is not None and not HEADER_NAME.fullmatch(written) and (written or not may_be_empty):
            summary = f"`auth.{field}` cannot be sent in a header"
            yield _wrong(
                root,
                name,
                path=("auth", field),
                summary=summary,
                hint="use letters, digits and -",
                code=codes.BAD_HEADER,
            )
