"""Building the declared models of an endpoint, and the filters for the endpoint's model list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from reconciler import codes
from reconciler.address import APIS, CAPABILITIES, is_purpose
from reconciler.config.gateway import DeclaredModel, Discover
from reconciler.diagnostics import Diagnosing, error
from reconciler.resources.attributes import ModelDetails
from reconciler.text import printable
from reconciler.yaml.tree import MappingNode, Node, Scalar, SequenceNode

W = TypeVar("W", bound=str)


def build_models(node: MappingNode) -> Diagnosing[tuple[DeclaredModel, ...]]:
    """Return the declared models in file order. A blank or repeated ID is an error."""
    models = node.nodes.get("models")
    declared: dict[str, DeclaredModel] = {}
    for item in models.nodes if isinstance(models, SequenceNode) else []:
        model = _model(item)
        if model is None:
            continue
        if not model.id.strip():
            yield error(codes.BAD_VALUE, "a model without an ID", hint="write the exact model ID", source=model.source)
        elif model.id in declared:
            before = declared[model.id].source
            summary = f"`{printable(model.id, 80)}` is declared twice, first at {before.line}:{before.column}"
            yield error(codes.DUPLICATE_MODEL, summary, hint="keep one of the two", source=model.source)
        else:
            declared[model.id] = model
    return tuple(declared.values())


def _model(node: Node) -> DeclaredModel | None:
    if isinstance(node, Scalar):
        return DeclaredModel(node.value, None, node.source) if isinstance(node.value, str) else None
    if isinstance(node, MappingNode):
        model_id, purpose = node.nodes.get("id"), node.nodes.get("purpose")
        text = model_id.value if isinstance(model_id, Scalar) else None
        meant = purpose.value if isinstance(purpose, Scalar) else None
        known = meant if is_purpose(meant) else None
        return DeclaredModel(text, known, node.source, _details(node)) if isinstance(text, str) else None
    return None


def _details(node: MappingNode) -> ModelDetails:
    return ModelDetails(
        context=_tokens(node, "context"),
        output=_tokens(node, "output"),
        capabilities=words_of(node, "capabilities", CAPABILITIES),
        apis=words_of(node, "apis", APIS),
    )


def _tokens(node: MappingNode, name: str) -> int | None:
    scalar = node.nodes.get(name)
    return scalar.value if isinstance(scalar, Scalar) and type(scalar.value) is int else None


def words_of(node: MappingNode, name: str, known: Sequence[W]) -> tuple[W, ...] | None:
    """Return the known words in a list, without duplicates and in a fixed order.

    If the field is not a list, return None.
    """
    words = node.nodes.get(name)
    if not isinstance(words, SequenceNode):
        return None
    written = {item.value for item in words.nodes if isinstance(item, Scalar)}
    return tuple(word for word in known if word in written)


def build_discover(node: MappingNode) -> Diagnosing[Discover]:
    """Return how gwctl uses the endpoint's model list, with the filters."""
    discover = node.nodes.get("discover")
    if isinstance(discover, MappingNode):
        include = yield from _patterns(discover, "include")
        exclude = yield from _patterns(discover, "exclude")
        return Discover(True, include, exclude)
    return Discover(not (isinstance(discover, Scalar) and discover.value is False))


def _patterns(node: MappingNode, name: str) -> Diagnosing[tuple[str, ...]]:
    patterns = node.nodes.get(name)
    scalars = (
        [item for item in patterns.nodes if isinstance(item, Scalar)] if isinstance(patterns, SequenceNode) else []
    )
    if name == "include" and isinstance(patterns, SequenceNode) and not patterns.nodes:
        hint = "remove `include` to include all models, or write `discover: false`"
        yield error(codes.BAD_VALUE, "`include` is empty and includes nothing", hint=hint, source=patterns.source)
    for scalar in scalars:
        if isinstance(scalar.value, str) and not scalar.value.strip():
            yield error(codes.BAD_VALUE, f"an empty pattern under `{name}`", hint='as in "gpt-*"', source=scalar.source)
    return tuple(scalar.value for scalar in scalars if isinstance(scalar.value, str))
