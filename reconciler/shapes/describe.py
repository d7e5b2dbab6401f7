"""The shape of a format, made from the core schema of the format's pydantic model. Only `schemas` needs it.

A part of the schema that is not listed here raises ValueError: a shape must not accept what pydantic refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

_Schema = Mapping[str, Any]
_ABOUT = {"type", "metadata", "ref", "serialization"}  # these keys of a schema do not change what is accepted
_BOUNDS = {"ge": "least", "le": "most", "min_length": "least", "max_length": "most", "pattern": "pattern"}


def shape(schema: _Schema, exact: Collection[Callable[[Any], Any]]) -> dict[str, Any]:
    """Return the shape of the core schema. Raise ValueError if a shape cannot describe it.

    `exact` contains the functions before a validation that only refuse a value of another type, as a shape does itself.
    """
    return _Describing(exact).shape(schema)


class _Describing:
    def __init__(self, exact: Collection[Callable[[Any], Any]]) -> None:
        self._exact = exact
        self._shared: dict[str, _Schema] = {}

    def shape(self, schema: _Schema) -> dict[str, Any]:
        """Return the shape of the core schema."""
        kind = schema["type"]
        if kind == "definitions":
            self._shared |= {each["ref"]: each for each in schema["definitions"]}
            return self.shape(schema["schema"])
        if kind == "definition-ref":
            return self.shape(self._shared[schema["schema_ref"]])
        if kind == "default":
            return self.shape(schema["schema"])
        if kind == "function-before" and schema["function"]["function"] in self._exact:
            return self.shape(schema["schema"])
        if kind in ("model", "dataclass"):
            return self._fields(schema)
        if kind not in _PARTS:
            raise ValueError(f"a shape cannot describe {kind}")
        name, parts, bounds = _PARTS[kind]
        if unknown := schema.keys() - _ABOUT - parts.keys() - bounds:
            raise ValueError(f"a shape cannot describe {kind} with {sorted(unknown)}")
        described = {parts[key]: self._part(schema[key]) for key in schema if parts.get(key)}
        limits = {_BOUNDS[key]: schema[key] for key in sorted(schema.keys() & bounds)}  # in any order of pydantic
        return self._row({"is": name, **limits, **described}, schema)

    def _part(self, part: Any) -> Any:
        if isinstance(part, Mapping):
            return self.shape(part) if "type" in part else {name: self.shape(each) for name, each in part.items()}
        if isinstance(part, list):
            return [self.shape(each) if isinstance(each, Mapping) else each for each in part]
        return part

    def _row(self, shape: dict[str, Any], schema: _Schema) -> dict[str, Any]:
        """Return the shape. A tuple of any length is a list, and a union without a name for its sides tries each."""
        if schema.get("variadic_item_index") is not None:
            (shape["of"],) = shape["of"]
            return {**shape, "is": "list", "tuple": True}
        if shape["is"] == "by" and callable(shape["by"]):
            return {"is": "either", "of": list(shape["of"].values())}
        return shape

    def _fields(self, schema: _Schema) -> dict[str, Any]:
        config, inner = schema["config"], schema["schema"]
        if not config.get("strict") or config.get("extra_fields_behavior") != "forbid" or schema.get("post_init"):
            raise ValueError(f"a shape cannot describe {schema['cls']}: it is not strict")
        named = inner["fields"]
        fields = named if isinstance(named, Mapping) else {each["name"]: each for each in named}
        named = {each.get("validation_alias", name): each["schema"] for name, each in fields.items()}
        return {
            "is": "fields",
            **({"class": schema["cls"].__name__} if schema["type"] == "dataclass" else {}),
            "required": [name for name, each in named.items() if each["type"] != "default"],
            "fields": {name: self.shape(each) for name, each in named.items()},
        }


# {type of the schema: (kind of shape, {key: its name in the shape; empty: left out}, keys that are bounds)}
_PARTS: Mapping[str, tuple[str, Mapping[str, str], frozenset[str]]] = {
    "str": ("text", {}, frozenset({"min_length", "pattern"})),
    "bool": ("flag", {}, frozenset()),
    "int": ("whole number", {}, frozenset({"ge", "le"})),
    "float": ("number", {}, frozenset()),
    "literal": ("word", {"expected": "of"}, frozenset()),
    "nullable": ("nullable", {"schema": "of"}, frozenset()),
    "list": ("list", {"items_schema": "of"}, frozenset({"min_length"})),
    "tuple": ("row", {"items_schema": "of", "variadic_item_index": ""}, frozenset()),
    "dict": ("names", {"keys_schema": "names", "values_schema": "of"}, frozenset({"min_length", "max_length"})),
    "union": ("either", {"choices": "of"}, frozenset()),
    "tagged-union": (
        "by",
        {
            "choices": "of",
            "discriminator": "by",
            "from_attributes": "",
            "strict": "",
            "custom_error_type": "",
            "custom_error_message": "",
        },
        frozenset(),
    ),
}
