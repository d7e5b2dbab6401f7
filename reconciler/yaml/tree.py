"""A YAML file as a tree of values with their source positions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import Any

from reconciler.diagnostics import Source
from reconciler.values import dataclass


@dataclass(slots=True)
class Scalar:
    """One scalar value of a YAML file. `text` is the value as written in the file. A `quoted` value is always text."""

    value: str | int | float | bool | None = field(repr=False)  # the value of a header may be a secret
    text: str = field(repr=False)
    quoted: bool
    source: Source


@dataclass(slots=True, kw_only=True)
class SequenceNode:
    """A list of a YAML file."""

    source: Source
    nodes: list[Node] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class MappingNode:
    """A mapping of a YAML file. `places` has the source positions of its keys."""

    source: Source
    nodes: dict[str, Node] = field(default_factory=dict)
    places: dict[str, Source] = field(default_factory=dict)


Node = Scalar | SequenceNode | MappingNode
Path = Sequence[str | int]


def plain(node: Node) -> Any:
    """Return the node as dicts, lists and scalars."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, MappingNode):
        return {key: plain(child) for key, child in node.nodes.items()}
    return [child.value if isinstance(child, Scalar) else plain(child) for child in node.nodes]


def texts(root: Node) -> list[str]:
    """Return every value that is a text, in no certain order. The names of fields are not included."""
    found: list[str] = []
    waiting = [root]
    for node in waiting:
        if isinstance(node, Scalar):
            if isinstance(node.value, str):
                found.append(node.value)
        else:
            waiting += node.nodes.values() if isinstance(node, MappingNode) else node.nodes
    return found


def without_own(root: MappingNode) -> MappingNode:
    """Return the root mapping without the top-level fields `x-…`. Users add these fields to hold anchors."""
    nodes = {name: child for name, child in root.nodes.items() if not name.startswith("x-")}
    return MappingNode(source=root.source, nodes=nodes, places=root.places)


def child(node: Node | None, part: str | int) -> Node | None:
    """Return the node under a key or an index. Return None if there is no such node."""
    if isinstance(node, MappingNode) and isinstance(part, str):
        return node.nodes.get(part)
    if isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.nodes):
        return node.nodes[part]
    return None


def at(node: Node, path: Path) -> Node | None:
    """Return the node at the end of a path. Return None if there is no such node."""
    child_: Node | None = node
    for part in path:
        child_ = child(child_, part)
    return child_


def place(node: Node, path: Path) -> Source:
    """Return the source position of the last key or item in a path.

    If the key or item is missing, return the position of its nearest parent.
    """
    here = node.source
    for part in path:
        if isinstance(node, MappingNode) and part in node.places:
            here = node.places[str(part)]
        below = child(node, part)
        if below is None:
            break
        here = here if isinstance(node, MappingNode) else below.source
        node = below
    return here


def value_place(node: Node, path: Path) -> Source:
    """Return the source position of the value at the end of a path.

    If the value is missing, return the position of its nearest parent.
    """
    target = at(node, path)
    return target.source if target else place(node, path)
