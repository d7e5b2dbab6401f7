"""An endpoint's declared models, its filters and its headers."""

from __future__ import annotations

import re

from reconciler.config.gateway import DeclaredModel, Discover
from reconciler.config.tree import Fields, Items, Node, Scalar, value_place
from reconciler.diagnostics import Diagnostic, Source, error
from reconciler.text import printable

# RFC 9110, 5.1 and 5.5.
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CREDENTIALS = frozenset(
    ("authorization", "proxy-authorization", "cookie", "x-api-key", "api-key", "xi-api-key", "x-goog-api-key")
)
_SET_BY_THE_CLIENT = frozenset(("host", "content-length", "transfer-encoding", "connection"))


def build_models(root: Fields, name: str, node: Fields, found: list[Diagnostic]) -> tuple[DeclaredModel, ...]:
    """The declared models in file order; a blank or repeated ID is an error."""
    given = node.nodes.get("models")
    made: dict[str, DeclaredModel] = {}
    for each in given.nodes if isinstance(given, Items) else []:
        model = _model(each)
        if model is None:
            continue
        if not model.id.strip():
            found.append(error("BAD_VALUE", "a model without an ID", "", "write its exact ID", source=model.source))
        elif model.id in made:
            before = made[model.id].source
            summary = f"`{printable(model.id, 80)}` is declared twice; first at {before.line}:{before.column}"
            found.append(error("DUPLICATE_MODEL", summary, "", "keep one of the two", source=model.source))
        else:
            made[model.id] = model
    return tuple(made.values())


def _model(node: Node) -> DeclaredModel | None:
    if isinstance(node, Fields):
        model_id, purpose = node.nodes.get("id"), node.nodes.get("purpose")
        text = model_id.value if isinstance(model_id, Scalar) else None
        meant = purpose.value if isinstance(purpose, Scalar) else None
        return (
            DeclaredModel(text, meant if isinstance(meant, str) else None, node.source)
            if isinstance(text, str)
            else None
        )
    text = node.value if isinstance(node, Scalar) else None
    return DeclaredModel(text, None, node.source) if isinstance(text, str) else None


def build_discover(root: Fields, name: str, node: Fields, found: list[Diagnostic]) -> Discover:
    """Whether the list is used, and the filters on it."""
    given = node.nodes.get("discover")
    if isinstance(given, Fields):
        return Discover(True, _patterns(given, "include", found), _patterns(given, "exclude", found))
    return Discover(not (isinstance(given, Scalar) and given.value is False))


def _patterns(node: Fields, name: str, found: list[Diagnostic]) -> tuple[str, ...]:
    given = node.nodes.get(name)
    scalars = [each for each in given.nodes if isinstance(each, Scalar)] if isinstance(given, Items) else []
    for each in scalars:
        if each.value == "":
            found.append(
                error("BAD_VALUE", f"an empty pattern under `{name}`", "", 'as in "gpt-*"', source=each.source)
            )
    return tuple(each.value for each in scalars if isinstance(each.value, str))


def build_headers(root: Fields, name: str, node: Fields, found: list[Diagnostic]) -> tuple[tuple[str, str], ...]:
    """Literal headers; those that carry credentials are refused, and their values never shown."""
    given = node.nodes.get("headers")
    if not isinstance(given, Fields):
        return ()
    pairs = {key: each.value for key, each in given.nodes.items() if isinstance(each, Scalar)}
    for key, value in pairs.items():
        said = _fault(key, value, value_place(root, ("endpoints", name, "headers", key)))
        found += [said] if said else []
    return tuple((key, value) for key, value in pairs.items() if isinstance(value, str))


def _fault(name: str, value: object, where: Source) -> Diagnostic | None:
    shown = printable(name, 60)
    if not _HEADER_NAME.fullmatch(name):
        return error("BAD_HEADER", f"`{shown}` is no header's name", "", "letters, digits and -", source=where)
    if name.lower() in _CREDENTIALS:
        hint = "use `key:`; the preset knows which header it belongs in"
        return error(
            "LITERAL_KEY", f"`{shown}` carries a credential: a key is referenced, never written", "", hint, source=where
        )
    if name.lower() in _SET_BY_THE_CLIENT:
        return error("BAD_HEADER", f"`{shown}` is set for each request", "", "take it out", source=where)
    if isinstance(value, str) and not (value.isascii() and value.isprintable()):
        hint = "visible ASCII characters and spaces only"
        return error("BAD_HEADER", f"the value of `{shown}` cannot be sent in a header", "", hint, source=where)
    return None
