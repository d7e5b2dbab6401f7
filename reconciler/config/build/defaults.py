"""The fields `roles:` and `defaults:` of the gateway file: the candidates for each default."""

from __future__ import annotations

from reconciler import codes
from reconciler.address import ENDPOINT_NAME, MODEL, PURPOSES, SMALL, Address, Purpose, is_purpose
from reconciler.config.checks.synonyms import PURPOSES_MEANT
from reconciler.config.gateway import DefaultCandidate, Role
from reconciler.diagnostics import Diagnosing, Diagnostic, Source, error
from reconciler.text import did_you_mean, nearest, printable
from reconciler.values import dataclass
from reconciler.yaml.tree import MappingNode, Node, Scalar, SequenceNode, place, value_place


@dataclass(frozen=True)
class Defaults:
    """The candidates for each role in order, the position of each role in the file, and the user's own roles."""

    candidates: dict[str, tuple[DefaultCandidate, ...]]
    sources: dict[str, Source]
    own_roles: tuple[Role, ...]


def build_defaults(root: MappingNode) -> Diagnosing[Defaults]:
    """Return the roles in `roles:` and the purposes in `defaults:`.

    The field `defaults:` is the older spelling of `roles:`.
    """
    older: dict[str, Node] = {name: node for name, node in _entries(root, "defaults").items() if is_purpose(name)}
    newer = _entries(root, "roles")
    for name in older.keys() & newer.keys():
        yield _twice(root, name)
    candidates: dict[str, tuple[DefaultCandidate, ...]] = {}
    for section, nodes in (("defaults", older), ("roles", newer)):
        for name, node in nodes.items():
            models = node.nodes.get("models") if isinstance(node, MappingNode) else node
            candidates[name] = (yield from _candidates(root, f"{section}.{name}", models)) if models else ()
    sources = {name: place(root, ("defaults", name)) for name in older}
    sources |= {name: place(root, ("roles", name)) for name in newer}
    own = []
    for name, node in newer.items():
        role = yield from _role(root, name, node)
        own += [role] if role else []
    known = {*older, *newer.keys() & set(PURPOSES), *(role.name for role in own)}
    return Defaults({name: candidates[name] for name in candidates if name in known}, sources, tuple(own))


def _entries(root: MappingNode, section: str) -> dict[str, Node]:
    node = root.nodes.get(section)
    return node.nodes if isinstance(node, MappingNode) else {}


def _twice(root: MappingNode, name: str) -> Diagnostic:
    before = place(root, ("defaults", name))
    summary = f"`{name}` is in `roles` and in `defaults`, at {before.line}:{before.column}"
    hint = "keep only one of the two fields: `defaults` is the older spelling of `roles`"
    return error(codes.DUPLICATE_ROLE, summary, hint=hint, source=place(root, ("roles", name)))


def _role(root: MappingNode, name: str, node: Node) -> Diagnosing[Role | None]:
    """Return a role that is not a purpose. For a purpose or a wrong role, return None.

    The purpose of `small` is chat.
    """
    written = _purpose(node)
    fixed: Purpose | None = name if is_purpose(name) else "chat" if name == SMALL else None
    if fixed and written not in (None, fixed):
        summary = f"`roles.{name}` has the purpose {fixed}, not {written}"
        hint = f"remove `purpose`, or choose another name than `{name}`"
        yield error(codes.BAD_ROLE, summary, hint=hint, source=value_place(root, ("roles", name, "purpose")))
    if is_purpose(name) or not ENDPOINT_NAME.fullmatch(name):  # the schema reports a bad name
        return None
    if fixed is None and written is None and not _has_bad_purpose(node):
        yield _no_purpose(root, name)
        return None
    return Role(name, fixed or written or "chat")


def _purpose(node: Node) -> Purpose | None:
    scalar = node.nodes.get("purpose") if isinstance(node, MappingNode) else None
    written = scalar.value if isinstance(scalar, Scalar) else None
    return written if is_purpose(written) else None


def _has_bad_purpose(node: Node) -> bool:
    """Return whether the role has a purpose that the schema already reports as wrong."""
    return isinstance(node, MappingNode) and "purpose" in node.nodes


def _no_purpose(root: MappingNode, name: str) -> Diagnostic:
    summary = f"`roles.{name}` has no purpose"
    meant = PURPOSES_MEANT.get(name) or next(iter(nearest(name, (*PURPOSES, SMALL), 1)), "")
    own = f"`{name}: {{purpose: chat, models: […]}}`"
    hint = f"did you mean `{meant}`? A role of your own needs a purpose: {own}" if meant else f"write {own}"
    return error(codes.BAD_ROLE, summary, hint=hint, source=place(root, ("roles", name)))


def _candidates(root: MappingNode, where: str, node: Node) -> Diagnosing[tuple[DefaultCandidate, ...]]:
    scalars = [item for item in node.nodes if isinstance(item, Scalar)] if isinstance(node, SequenceNode) else [node]
    candidates: list[DefaultCandidate] = []
    for scalar in scalars:
        candidate = (yield from _candidate(root, scalar)) if isinstance(scalar, Scalar) else None
        candidates += [candidate] if candidate else []
    if isinstance(node, SequenceNode) and not node.nodes:
        hint = "name a model, or remove the line to let gwctl select one"
        hint = hint if is_purpose(where.partition(".")[2]) else "name a model, or remove the role"
        yield error(codes.BAD_VALUE, f"`{where}` has no candidate", hint=hint, source=node.source)
    return tuple(candidates)


def _candidate(root: MappingNode, node: Scalar) -> Diagnosing[DefaultCandidate | None]:
    if not isinstance(node.value, str):
        return None
    endpoint, slash, model_id = node.value.partition("/")
    endpoints = root.nodes.get("endpoints")
    known = list(endpoints.nodes) if isinstance(endpoints, MappingNode) else []
    if not slash or not endpoint or not model_id:
        summary = f"`{printable(node.value, 80)}` is not a model: write a default as ENDPOINT/ID"
        hint = f"as in `{known[0]}/{printable(node.value, 80)}`" if known and node.value.strip("/") else ""
        before, colon, after = node.value.partition(":")
        hint = f"did you mean `{before}/{printable(after, 80)}`?" if colon and after and before in known else hint
        yield error(codes.BAD_DEFAULT, summary, hint=hint, source=node.source)
        return None
    if endpoints is None:  # the missing field is already an error
        return None
    if endpoint not in known:
        summary = f"`{printable(endpoint, 60)}` is not an endpoint of this file"
        yield error(codes.UNKNOWN_ENDPOINT, summary, hint=did_you_mean(endpoint, known), source=node.source)
        return None
    return DefaultCandidate(Address(MODEL, node.value), node.source)
