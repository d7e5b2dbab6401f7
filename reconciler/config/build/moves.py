"""Building `removed` and `moved`, with the check that both fields fit the rest of the file."""

from __future__ import annotations

from collections.abc import Set

from reconciler import codes
from reconciler.address import RECORDED, Address, endpoint, model, parse
from reconciler.config.gateway import Moved, Removed
from reconciler.diagnostics import Diagnosing, error
from reconciler.yaml.tree import MappingNode, Node, Scalar, SequenceNode


def build_removed(root: MappingNode) -> Diagnosing[tuple[Removed, ...]]:
    """Return the consents to delete. If the file still declares an address in `removed`, this is an error."""
    removals: list[Removed] = []
    items = _items(root, "removed")
    there, removed = _declared(root) if items else frozenset(), set[Address]()
    for node in items:
        at = yield from _address(node, "address")
        if at is None:
            continue
        if at in there:
            hint = "remove one of the two"
            yield error(
                codes.STILL_IN_FILE, f"{at} is in `removed`, but still in the file", hint=hint, source=node.source
            )
        if at in removed:
            yield error(
                codes.DUPLICATE_REMOVED,
                f"{at} is in `removed` twice",
                hint="keep one of the two",
                source=node.source,
            )
        keep = node.nodes.get("keep")
        removed.add(at)
        removals.append(Removed(at, isinstance(keep, Scalar) and keep.value is True, node.source))
    return tuple(removals)


def build_moved(root: MappingNode, removed: tuple[Removed, ...]) -> Diagnosing[tuple[Moved, ...]]:
    """Return the renames in `moved`. The old address must not be in the file. The new address must be in the file."""
    moves: list[Moved] = []
    items = _items(root, "moved")
    there, taken = _declared(root) if items else frozenset(), set[Address]()
    gone = frozenset(removal.address for removal in removed)
    for node in items:
        origin = yield from _address(node, "from")
        target = yield from _address(node, "to")
        if origin is None or target is None:
            continue
        fault = _fault(origin, target, there, taken) or _removed_too(origin, target, gone)
        if fault:
            yield error(codes.BAD_MOVE, fault[0], hint=fault[1], source=node.source)
        taken |= {origin, target}
        moves.append(Moved(origin, target, node.source))
    return tuple(moves)


def _fault(origin: Address, target: Address, there: Set[Address], taken: Set[Address]) -> tuple[str, str] | None:
    """Return the fault of a rename, and what to do. `taken` has the addresses of the renames before it."""
    if origin.kind is not target.kind:
        return f"{origin} cannot be moved to {target}", "both addresses must be of the same kind"
    if origin == target:
        return f"{origin} is moved to the same address", "remove the entry"
    if origin in there:
        return f"{origin} is moved, but still in the file", "also rename the endpoint under `endpoints:`"
    if endpoint(target.endpoint) not in there:
        return f"{origin} is moved to {target}, which is not in the file", "also rename the endpoint under `endpoints:`"
    if origin in taken or target in taken:
        return (
            f"another entry under `moved` also has {origin} or {target}",
            "replace these entries with one that moves the oldest name to the newest name",
        )
    return None


def _removed_too(origin: Address, target: Address, removed: Set[Address]) -> tuple[str, str] | None:
    both = {origin, target} & removed
    return (f"{both.pop()} is both moved and removed", "remove one of the two entries") if both else None


def _items(root: MappingNode, name: str) -> list[MappingNode]:
    node = root.nodes.get(name)
    return [item for item in node.nodes if isinstance(item, MappingNode)] if isinstance(node, SequenceNode) else []


def _address(node: MappingNode, name: str) -> Diagnosing[Address | None]:
    written: Node | None = node.nodes.get(name)
    if not isinstance(written, Scalar) or not isinstance(written.value, str):
        return None
    try:
        at = parse(written.value, RECORDED)
    except ValueError as fault:
        yield error(codes.BAD_ADDRESS, f"`{name}`: {fault}", source=written.source)
        return None
    if at.is_default:
        hint = "remove the default from `defaults:`; gwctl then selects a model"
        yield error(
            codes.BAD_ADDRESS, f"`{name}`: a default cannot be moved or removed", hint=hint, source=written.source
        )
        return None
    return at


def _declared(root: MappingNode) -> frozenset[Address]:
    """Return the addresses of the endpoints and of the models that the file declares."""
    endpoints = root.nodes.get("endpoints")
    entries = endpoints.nodes.items() if isinstance(endpoints, MappingNode) else ()
    declared = set(map(endpoint, dict(entries)))
    for name, entry in entries:
        models = entry.nodes.get("models") if isinstance(entry, MappingNode) else None
        ids = map(_model_id, models.nodes) if isinstance(models, SequenceNode) else ()
        declared |= {model(name, model_id) for model_id in ids if isinstance(model_id, str)}
    return frozenset(declared)


def _model_id(node: Node) -> object:
    if isinstance(node, MappingNode):
        node = node.nodes.get("id", node)
    return node.value if isinstance(node, Scalar) else None
