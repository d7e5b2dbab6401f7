"""`-f` repeated: a later file is laid over the earlier ones."""

from __future__ import annotations

from reconciler.config.tree import Fields, Node, Scalar


def lay_over(below: Fields, above: Fields) -> Fields:
    """Mappings merge by key, lists and values replace, null removes; what is merged keeps its places."""
    merged = Fields(below.source, dict(below.nodes), dict(below.places), below.size + above.size)
    for key, node in above.nodes.items():
        if isinstance(node, Scalar) and node.value is None:
            merged.nodes.pop(key, None)
            merged.places.pop(key, None)
            continue
        merged.nodes[key] = _merged(below.nodes.get(key), node)
        merged.places[key] = above.places[key]
    return merged


def _merged(below: Node | None, above: Node) -> Node:
    if isinstance(below, Fields) and isinstance(above, Fields):
        return lay_over(below, above)
    return without_nulls(above) if isinstance(above, Fields) else above


def without_nulls(node: Fields) -> Fields:
    """A mapping that is new in an overlay: its nulls have nothing to remove."""
    return lay_over(Fields(node.source), node)
