"""The candidates for each default."""

from __future__ import annotations

from reconciler import codes
from reconciler.address import MODEL, Address, Purpose, is_purpose
from reconciler.config.gateway import DefaultCandidate
from reconciler.diagnostics import Diagnosing, Source, error
from reconciler.text import did_you_mean, printable
from reconciler.yaml.tree import MappingNode, Node, Scalar, SequenceNode, place

Defaults = dict[Purpose, tuple[DefaultCandidate, ...]]


def build_defaults(root: MappingNode) -> Diagnosing[tuple[Defaults, dict[Purpose, Source]]]:
    """Return {purpose: candidates in order}, and the source of each purpose."""
    node = root.nodes.get("defaults")
    nodes = node.nodes if isinstance(node, MappingNode) else {}
    known = {purpose: node for purpose, node in nodes.items() if is_purpose(purpose)}
    candidates: Defaults = {}
    for purpose, item in known.items():
        candidates[purpose] = yield from _candidates(root, purpose, item)
    return candidates, {purpose: place(root, ("defaults", purpose)) for purpose in known}


def _candidates(root: MappingNode, purpose: Purpose, node: Node) -> Diagnosing[tuple[DefaultCandidate, ...]]:
    scalars = [item for item in node.nodes if isinstance(item, Scalar)] if isinstance(node, SequenceNode) else [node]
    candidates: list[DefaultCandidate] = []
    for scalar in scalars:
        candidate = (yield from _candidate(root, scalar)) if isinstance(scalar, Scalar) else None
        candidates += [candidate] if candidate else []
    if isinstance(node, SequenceNode) and not node.nodes:
        hint = "name a model, or remove the line to let gwctl select a model"
        yield error(codes.BAD_VALUE, f"`defaults.{purpose}` has no candidate", hint=hint, source=node.source)
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
