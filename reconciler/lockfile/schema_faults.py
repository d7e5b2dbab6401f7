"""The faults that pydantic finds in a lock file. Every fault gets a message with the position of the fault."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from reconciler import __version__
from reconciler.config.checks.types_at import values_at
from reconciler.diagnostics import Diagnostic, Source
from reconciler.lockfile.schema import LockFields
from reconciler.lockfile.validate import broken
from reconciler.text import printable
from reconciler.yaml.tree import MappingNode, place, value_place

_WORDS = {
    "string_type": "must be text",
    "dict_type": "must be a mapping",
    "model_type": "must be a mapping",
    "model_attributes_type": "must be a mapping",
}


def schema_faults(root: MappingNode, data: object) -> list[Diagnostic]:
    """Return a diagnostic for each fault in `data`, the content of the lock file."""
    try:
        LockFields.model_validate(data)
    except ValidationError as fault:
        errors = fault.errors(include_url=False, include_context=True, include_input=False)
        return [_finding(root, dict(details)) for details in errors]
    return []


def _finding(root: MappingNode, fault: dict[str, Any]) -> Diagnostic:
    kind, path = fault["type"], list(fault["loc"])
    if kind == "missing":
        owner = f" of `{_name(path[:-1])}`" if len(path) > 1 else ""
        source = place(root, path[:-1]) if len(path) > 1 else Source(root.source.file, 1, 1)
        return broken(f"`{path[-1]}`{owner} is missing", source)
    if kind == "extra_forbidden":
        return broken(f"gwctl {__version__} does not have the field `{_name(path)}`", place(root, path))
    if path[-1] == "[key]":
        what = "an ID" if path[-3:-2] == ["models"] else "a name"
        return broken(f"`{printable(str(path[-2]), 60)}` is not {what}", place(root, path[:-1]))
    return broken(f"`{_name(path)}` {_words(path, fault)}", value_place(root, path))


def _words(path: list[Any], fault: dict[str, Any]) -> str:
    if path == ["version"]:
        return "is not 1 or 2"
    if fault["type"] == "literal_error":
        return f"must be one of {', '.join(values_at(LockFields, path))}"
    return _WORDS.get(fault["type"], "has the wrong type")


def _name(path: list[Any]) -> str:
    return ".".join(printable(str(part), 60) for part in path)
