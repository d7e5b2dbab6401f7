"""The text of a configuration as a tree of values with positions. JSON with comments, TOML and YAML are supported."""

from __future__ import annotations

from typing import Any

from reconciler import codes
from reconciler.diagnostics import Source, error, has_errors
from reconciler.documents import json_tree, toml_tree
from reconciler.documents.edit import DocumentFault, place_in, text_of
from reconciler.errors import Failed
from reconciler.yaml.parse import parse
from reconciler.yaml.tree import MappingNode, Node, Scalar, SequenceNode, at

_HINT = "correct the file, or use --from with another file"


def decoded(data: bytes, file: str) -> str:
    """Return the text of a configuration. Raise `Failed` if the bytes are not UTF-8."""
    try:
        return text_of(data)[1]
    except DocumentFault as fault:
        raise refused(fault, file) from None


def refused(fault: DocumentFault, file: str) -> Failed:
    """Return the exception for a configuration that cannot be read."""
    return Failed(
        error(
            codes.CONFIGURATION_BROKEN,
            f"The configuration cannot be read: {fault.reason}",
            detail="Nothing was written.",
            hint=_HINT,
            source=Source(file, fault.line, fault.column),
        )
    )


def from_yaml(data: bytes, file: str) -> MappingNode:
    """Return the fields of a YAML file. Raise `Failed` with the position of each error."""
    parsed = parse(decoded(data, file), file)
    if has_errors(parsed.diagnostics):
        raise Failed(*parsed.diagnostics)
    return _fields(parsed.root, file)


def list_from_yaml(data: bytes, file: str) -> list[Node]:
    """Return the items of a YAML file that is a list. If the file is not a list, return an empty list.

    Raise `Failed` if the YAML is not valid.
    """
    parsed = parse(decoded(data, file), file)
    if has_errors(parsed.diagnostics):
        raise Failed(*parsed.diagnostics)
    return parsed.root.nodes if isinstance(parsed.root, SequenceNode) else []


def root_of_yaml(data: bytes, file: str) -> Node | None:
    """Return the root of a YAML file. If the file has no value or is not YAML, return None."""
    try:
        return parse(decoded(data, file), file).root
    except Failed:
        return None


def from_json(data: bytes, file: str) -> MappingNode:
    """Return the fields of a JSON file, with or without comments. Raise `Failed` if the JSON is not valid."""
    text = decoded(data, file)
    try:
        span = json_tree.scan(text)
        return _fields(_JsonNodes(text, file).node(span) if span else None, file)
    except DocumentFault as fault:
        raise refused(fault, file) from None


def from_toml(data: bytes, file: str) -> MappingNode:
    """Return the fields of a TOML file. Raise `Failed` if the TOML is not valid."""
    text = decoded(data, file)
    try:
        values = toml_tree.values_of(text)
        places = {
            (*statement.table, *statement.key): Source(file, **place_in(text, statement.value or statement.start))
            for statement in toml_tree.statements_of(text)
        }
    except DocumentFault as fault:
        raise refused(fault, file) from None
    return _fields(_from_value(values, (), places, Source(file, 1, 1)), file)


def text_at(node: Node | None, *path: str) -> Scalar | None:
    """Return the text at the path. If the text is missing or empty, return None."""
    found = at(node, path) if node else None
    return found if isinstance(found, Scalar) and isinstance(found.value, str) and found.value.strip() else None


def number_at(node: Node, *path: str) -> int | None:
    """Return the number of tokens at the path. If the value is not a positive integer, return None."""
    found = at(node, path)
    value = found.value if isinstance(found, Scalar) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**53 else None


def fields_at(node: Node | None, *path: str) -> dict[str, Node]:
    """Return the fields of the mapping at the path. If the value is not a mapping, the result is empty."""
    found = at(node, path) if node else None
    return found.nodes if isinstance(found, MappingNode) else {}


def items_at(node: Node | None, *path: str) -> list[Node]:
    """Return the items of the list at the path. If the value is not a list, the result is empty."""
    found = at(node, path) if node else None
    return found.nodes if isinstance(found, SequenceNode) else []


def _fields(root: Node | None, file: str) -> MappingNode:
    if isinstance(root, MappingNode):
        return root
    what = "is empty" if root is None else "has no fields at its top level"
    source = root.source if root else Source(file)
    summary = f"The configuration {what}"
    raise Failed(error(codes.CONFIGURATION_BROKEN, summary, detail="Nothing was written.", hint=_HINT, source=source))


class _JsonNodes:
    """The nodes of a JSON text. All positions are found in one pass, because the spans are in the order of the text."""

    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._file = file
        self._line, self._start, self._seen = 1, 0, 0

    def node(self, span: json_tree.JsonSpan) -> Node:
        source = self._source(span.start)
        if span.kind == "{":
            mapping = MappingNode(source=source)
            for entry in span.entries:
                mapping.places[entry.key] = self._source(entry.start)
                mapping.nodes[entry.key] = self.node(entry.value)
            return mapping
        if span.kind == "[":
            return SequenceNode(source=source, nodes=[self.node(entry.value) for entry in span.entries])
        written = self._text[span.start : span.end]
        return Scalar(value=json_tree.plain(span), text=written, quoted=written[:1] == '"', source=source)

    def _source(self, position: int) -> Source:
        lines = self._text.count("\n", self._seen, position)
        if lines:
            self._line += lines
            self._start = self._text.rfind("\n", 0, position) + 1
        self._seen = position
        return Source(self._file, self._line, position - self._start + 1)


def _from_value(value: Any, path: tuple[str, ...], places: dict[tuple[str, ...], Source], above: Source) -> Node:
    here = places.get(path, above)
    if isinstance(value, dict):
        mapping = MappingNode(source=here)
        for name, inner in value.items():
            mapping.nodes[name] = _from_value(inner, (*path, name), places, here)
            mapping.places[name] = mapping.nodes[name].source
        return mapping
    if isinstance(value, list):
        return SequenceNode(source=here, nodes=[_from_value(inner, path, places, here) for inner in value])
    plain = value if isinstance(value, str | int | float | bool) else str(value)
    return Scalar(value=plain, text=str(value), quoted=isinstance(value, str), source=here)
