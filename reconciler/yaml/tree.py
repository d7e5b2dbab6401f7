"""A YAML file as a tree of values with their source positions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import Any

from reconciler.diagnostics import Source
from reconciler.values import dataclass


@dataclass(slots=True, kw_only=True)
class Scalar:
    """One scalar value of a YAML file. `text` is the value as written in the file. A `quoted` value is always text."""

    value: str | int | float | bool | None = field(repr=False)  # the value of a header may be a secret
    text: str = field(repr=False)
    quoted: bool
    source: Source
    size: int = 1
    height: int = 0

    @property
    def weight(self) -> int:
        """The number of characters in the value, plus one for the node itself."""
        return len(self.text) + 1


@dataclass(slots=True, kw_only=True)
class SequenceNode:
    """A list of a YAML file."""

    source: Source
    nodes: list[Node] = field(default_factory=list)
    size: int = 1
    height: int = 1  # number of levels below this node, with aliases expanded
    weight: int = 1  # sum of the weights of all nodes below, with aliases expanded, plus one

    def add(self, node: Node) -> None:
        """Append a node to the list, and count the node."""
        self.nodes.append(node)
        _count(self, node)


@dataclass(slots=True, kw_only=True)
class MappingNode:
    """A mapping of a YAML file. `places` has the source positions of its keys."""

    source: Source
    nodes: dict[str, Node] = field(default_factory=dict)
    places: dict[str, Source] = field(default_factory=dict)
    size: int = 1
    height: int = 1
    weight: int = 1

    def count(self, node: Node) -> None:
        """Count a node, which is a key or a value of the mapping."""
        _count(self, node)


def _count(holder: SequenceNode | MappingNode, node: Node) -> None:
    holder.size += node.size
    holder.weight += node.weight
    if node.height >= holder.height:
        holder.height = node.height + 1


Node = Scalar | SequenceNode | MappingNode
Path = Sequence[str | int]


def plain(node: Node) -> Any:
    """Return the node as dicts, lists and scalars."""
    if isinstance(node, MappingNode):
        return {key: plain(child) for key, child in node.nodes.items()}
    if isinstance(node, SequenceNode):
        return [plain(child) for child in node.nodes]
    return node.value


def without_own(root: MappingNode) -> MappingNode:
    """Return the root mapping without the top-level fields `x-…`. Users add these fields to hold anchors."""
    nodes = {name: child for name, child in root.nodes.items() if not name.startswith("x-")}
    return MappingNode(source=root.source, nodes=nodes, places=root.places, size=root.size)


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
