"""Building the key reference of an endpoint."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from reconciler import codes
from reconciler.diagnostics import Diagnosing, Source, error
from reconciler.files.read_file import from_home
from reconciler.secrets.reference import (
    CommandReference,
    EnvReference,
    FileReference,
    KeyReference,
    KeyringReference,
)
from reconciler.yaml.tree import MappingNode, Node, Scalar, SequenceNode, place

_KINDS = ("env", "file", "command", "keyring")


def build_key(root: MappingNode, name: str, node: MappingNode) -> Diagnosing[KeyReference | None]:
    """Return the key reference in `key:`.

    A relative path starts at the directory of the gateway file that has the path.
    """
    key = node.nodes.get("key")
    if not isinstance(key, MappingNode):
        return None
    return (yield from build_reference(key, place(root, ("endpoints", name, "key")), "key"))


def build_reference(node: MappingNode, where: Source, field: str) -> Diagnosing[KeyReference | None]:
    """Return the key reference in a mapping. `field` is the name of the field, and `where` is the field's position."""
    kinds = [kind for kind in _KINDS if kind in node.nodes]
    if len(kinds) != 1 or len(node.nodes) != 1:
        if len(kinds) == len(node.nodes):  # an unknown field is already an error
            hint = "write one of {env: NAME}, {file: PATH}, {command: […]}, {keyring: SERVICE/USER}"
            yield error(codes.BAD_KEY, "a key needs exactly one reference", hint=hint, source=where)
        return None
    value = node.nodes[kinds[0]]
    reference = _reference(kinds[0], value)
    if isinstance(reference, KeyringReference) and _is_kept(reference.service):
        summary, hint = f"`{field}.keyring` is an entry that gwctl manages", "write `store_key: keyring` instead"
        detail = "Otherwise a gateway file could read the keys of another gateway file."
        yield error(codes.BAD_KEY, summary, detail=detail, hint=hint, source=value.source)
        return None
    if reference is None and kinds[0] == "keyring" and isinstance(value, Scalar):
        hint = "write {keyring: SERVICE/USER}; the last / separates SERVICE from USER"
        yield error(codes.BAD_KEY, f"`{field}.keyring` is not SERVICE/USER", hint=hint, source=value.source)
    elif reference is None and _is_empty(value):
        summary = f"`{field}.{kinds[0]}` is empty"
        yield error(codes.BAD_KEY, summary, hint="write the place of the key", source=value.source)
    return reference


def _reference(kind: str, value: Node) -> KeyReference | None:
    directory = Path(value.source.file).parent
    if kind == "command":
        words = (
            [item.value for item in value.nodes if isinstance(item, Scalar)] if isinstance(value, SequenceNode) else []
        )
        texts = tuple(word for word in words if isinstance(word, str))
        whole = texts and len(texts) == len(words) and texts[0].strip()
        return CommandReference(texts, str(directory.absolute())) if whole else None
    if not isinstance(value, Scalar) or not isinstance(value.value, str) or not value.value.strip():
        return None
    if kind == "env":
        return EnvReference(value.value)
    if kind == "keyring":
        service, _, account = value.value.strip().rpartition("/")
        return KeyringReference(service, account) if service and account else None
    path = from_home(value.value)
    return FileReference(value.value, str((directory / path).absolute()))


def _is_kept(service: str) -> bool:
    """Return whether a keychain may confuse this service name with a service of gwctl.

    Some keychains ignore case and whitespace.
    """
    plain = unicodedata.normalize("NFKC", service).casefold()
    return "".join(character for character in plain if character.isprintable() and not character.isspace()).startswith(
        "gwctl:"
    )


def _is_empty(value: Node) -> bool:
    if isinstance(value, SequenceNode):
        return not value.nodes or (isinstance(value.nodes[0], Scalar) and value.nodes[0].value == "")
    return isinstance(value, Scalar) and isinstance(value.value, str) and not value.value.strip()
