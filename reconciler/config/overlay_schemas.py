"""The JSON Schemas of overlays and local files for editors, made from the schema of the gateway file.

A mapping in an overlay changes only the fields that it has, and null removes a field. A list replaces the whole list
below, so the entries of a list must be complete.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.config.schema import gateway_schema

Schema = dict[str, Any]

_OVERLAY = "Overlay"  # the end of the name of a definition whose fields may be absent or null
_ONLY_WHOLE = ("required", "minProperties", "maxProperties", "dependentRequired")
_OPTIONS = ("oneOf", "anyOf")
_ABOUT = ("description", "examples", "default")  # stay beside the choice between a value and null
_REFERENCE = "#/$defs/"
_VARIABLE = "Variable"  # a value with `${NAME}`, not a definition of fields
_NULL: Schema = {"type": "null"}


def overlay_schema() -> Schema:
    """Return the JSON Schema of a file that changes an earlier gateway file: `-f gateway.yaml -f prod.yaml`."""
    whole = gateway_schema()
    description = "An overlay, which changes a gateway file: null removes a field, a list replaces the whole list."
    return _with_definitions({**_overlay(whole), "description": description}, whole)


def local_schema() -> Schema:
    """Return the JSON Schema of a local file, such as `gateway.local.yaml`: clients, and endpoints of this machine."""
    whole = gateway_schema()
    scopes = whole["$defs"]["EndpointFields"]["properties"]
    only = {"anyOf": [{"const": "machine"}, {"$ref": f"{_REFERENCE}{_VARIABLE}"}]}
    scopes["scope"] = {"description": "an endpoint of a local file belongs to this machine", **only}
    local = {
        "type": "object",
        "description": "Clients and endpoints that only you use, on this machine.",
        "additionalProperties": False,
        "patternProperties": whole["patternProperties"],
        "properties": {
            "clients": _overlay(whole["properties"]["clients"]),
            "endpoints": whole["properties"]["endpoints"],
        },
    }
    return _with_definitions(local, whole)


def _overlay(part: Schema) -> Schema:
    """Return a copy of the schema without required fields. Every optional field, and every entry, may be null."""
    copy = {key: value for key, value in part.items() if key not in _ONLY_WHOLE}
    if "$ref" in copy and copy["$ref"] != f"{_REFERENCE}{_VARIABLE}":
        copy["$ref"] += _OVERLAY
    for key in _OPTIONS:
        if key in copy:
            copy[key] = [_overlay(each) for each in copy[key]]
    if "properties" in copy:
        needed = part.get("required", ())
        fields = {name: _overlay(of_field) for name, of_field in copy["properties"].items()}
        copy["properties"] = {name: field if name in needed else _or_null(field) for name, field in fields.items()}
    if isinstance(copy.get("additionalProperties"), dict):
        copy["additionalProperties"] = _or_null(_overlay(copy["additionalProperties"]))
    return copy


def _or_null(part: Schema) -> Schema:
    for key in _OPTIONS:
        if key in part:
            return {**part, key: [*part[key], _NULL]}
    about = {key: value for key, value in part.items() if key in _ABOUT}
    value = {key: value for key, value in part.items() if key not in _ABOUT}
    return {**about, "anyOf": [value, _NULL]}


def _with_definitions(schema: Schema, whole: Schema) -> Schema:
    """Return the schema with only the definitions that it refers to, as they are or as overlays."""
    known = whole["$defs"]
    known |= {f"{name}{_OVERLAY}": _overlay(each) for name, each in known.items() if name != _VARIABLE}
    schema = {key: value for key, value in schema.items() if key not in ("$defs", "title")}
    used: dict[str, Schema] = {}
    waiting = list(_references(schema))
    while waiting:
        name = waiting.pop()
        if name not in used:
            used[name] = known[name]
            waiting += _references(known[name])
    return {**schema, "$defs": dict(sorted(used.items()))}


def _references(part: object) -> Iterator[str]:
    """Yield the names of the definitions that a part of a schema refers to."""
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"].removeprefix(_REFERENCE)
        for each in part.values():
            yield from _references(each)
    elif isinstance(part, list):
        for each in part:
            yield from _references(each)
