"""Building `removed` and `moved`, with the check that both fields fit the rest of the file."""

from __future__ import annotations

from reconciler import codes
from reconciler.address import RECORDED, Address, endpoint, parse
from reconciler.config.gateway import Moved, Removed
from reconciler.diagnostics import Diagnosing, error
from reconciler.yaml.tree import MappingNode, Node, Scalar, SequenceNode


def build_removed(root: MappingNode) -> Diagnosing[tuple[Removed, ...]]:
    """Return the consents to delete. If the file still declares an address in `removed`, this is an error."""
    removals: list[Removed] = []
    for node in _items(root, "removed"):
        at = yield from _address(node, "address")
        if at is None:
            continue
        if _is_there(root, at):
            hint = "remove one of the two"
            yield error(
                codes.STILL_IN_FILE, f"{at} is in `removed`, but still in the file", hint=hint, source=node.source
            )
        if at in {removal.address for removal in removals}:
            yield error(
                codes.DUPLICATE_REMOVED,
                f"{at} is in `removed` twice",
                hint="keep one of the two",
                source=node.source,
            )
        keep = node.nodes.get("keep")
        removals.append(Removed(at, isinstance(keep, Scalar) and keep.value is True, node.source))
    return tuple(removals)


def build_moved(root: MappingNode, removed: tuple[Removed, ...]) -> Diagnosing[tuple[Moved, ...]]:
    """Return the renames in `moved`. The old address must not be in the file. The new address must be in the file."""
    moves: list[Moved] = []
    for node in _items(root, "moved"):
        origin = yield from _address(node, "from")
        target = yield from _address(node, "to")
        if origin is None or target is None:
            continue
        fault = _fault(root, origin, target, moves) or _removed_too(origin, target, removed)
        if fault:
            yield error(codes.BAD_MOVE, fault[0], hint=fault[1], source=node.source)
        moves.append(Moved(origin, target, node.source))
    return tuple(moves)


def _fault(root: MappingNode, origin: Address, target: Address, others: list[Moved]) -> tuple[str, str] | None:
    if origin.kind is not target.kind:
        return f"{origin} cannot be moved to {target}", "both addresses must be of the same kind"
    if origin == target:
        return f"{origin} is moved to the same address", "remove the entry"
    if _is_there(root, origin):
        return f"{origin} is moved, but still in the file", "also rename the endpoint under `endpoints:`"
    if not _is_there(root, endpoint(target.endpoint)):
        return f"{origin} is moved to {target}, which is not in the file", "also rename the endpoint under `endpoints:`"
    taken = {move.origin for move in others} | {move.target for move in others}
    if origin in taken or target in taken:
        return (
            f"another entry under `moved` also has {origin} or {target}",
            "replace these entries with one that moves the oldest name to the newest name",
        )
    return None


def _removed_too(origin: Address, target: Address, removed: tuple[Removed, ...]) -> tuple[str, str] | None:
    both = {origin, target} & {removal.address for removal in removed}
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


def _is_there(root: MappingNode, at: Address) -> bool:
    """Return whether the file still has the endpoint or the declared model."""
    endpoints = root.nodes.get("endpoints")
    entry = endpoints.nodes.get(at.endpoint) if isinstance(endpoints, MappingNode) else None
    if at.is_endpoint or not isinstance(entry, MappingNode):
        return at.is_endpoint and entry is not None
    models = entry.nodes.get("models")
    return at.model_id in {_model_id(model) for model in models.nodes} if isinstance(models, SequenceNode) else False


def _model_id(node: Node) -> object:
    if isinstance(node, MappingNode):
        node = node.nodes.get("id", node)
    return node.value if isinstance(node, Scalar) else None
