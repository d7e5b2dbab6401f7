"""The merging of overlays. If several files are given with `-f`, each file changes the result of the earlier files."""

from __future__ import annotations

from reconciler import codes
from reconciler.diagnostics import Diagnosing, Diagnostic, Source, warning
from reconciler.text import printable
from reconciler.yaml.tree import MappingNode, Node, Scalar


def lay_over(below: MappingNode, above: MappingNode) -> Diagnosing[MappingNode]:
    """Return both files merged. Each value keeps its position.

    Mappings are merged by key. A list or scalar in the upper file replaces the value below. Null removes a field.
    """
    merged = MappingNode(source=below.source, nodes=dict(below.nodes), places=dict(below.places))
    for key, node in above.nodes.items():
        if isinstance(node, Scalar) and node.value is None:
            if key not in merged.nodes:
                yield _nothing(key, above.places[key])
            merged.nodes.pop(key, None)
            merged.places.pop(key, None)
            continue
        merged.nodes[key] = yield from _merged(below.nodes.get(key), node)
        merged.places[key] = above.places[key]
    return merged


def _merged(below: Node | None, above: Node) -> Diagnosing[Node]:
    if isinstance(below, MappingNode) and isinstance(above, MappingNode):
        return (yield from lay_over(below, above))
    if isinstance(above, MappingNode):
        return (yield from lay_over(MappingNode(source=above.source), above))
    return above


def _nothing(key: str, source: Source) -> Diagnostic:
    summary = f"`{printable(key, 60)}: null` has no field to remove"
    detail = "In an overlay, null removes a field of the earlier files. The earlier files do not have this field."
    return warning(
        codes.NOTHING_TO_REMOVE, summary, detail=detail, hint="remove the line, or check the field name", source=source
    )
