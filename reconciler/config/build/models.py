"""Building the declared models and the filters of an endpoint."""

from __future__ import annotations

from reconciler import codes
from reconciler.address import is_purpose
from reconciler.config.gateway import DeclaredModel, Discover
from reconciler.diagnostics import Diagnosing, error
from reconciler.text import printable
from reconciler.yaml.tree import MappingNode, Node, Scalar, SequenceNode


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
    if isinstance(node, MappingNode):
        model_id, purpose = node.nodes.get("id"), node.nodes.get("purpose")
        text = model_id.value if isinstance(model_id, Scalar) else None
        meant = purpose.value if isinstance(purpose, Scalar) else None
        return DeclaredModel(text, meant if is_purpose(meant) else None, node.source) if isinstance(text, str) else None
    text = node.value if isinstance(node, Scalar) else None
    return DeclaredModel(text, None, node.source) if isinstance(text, str) else None


def build_discover(node: MappingNode) -> Diagnosing[Discover]:
    """Return whether the endpoint's list is used, and its filters."""
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
