"""The search for the types at a path of the schema. Messages suggest names and values from these types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

Path = Sequence[Any]


def fields_at(model: type[BaseModel], path: Path) -> list[str]:
    """Return the names of the fields that the schema allows below the path."""
    models = [below for kind in _at(model, path) for below in _models(kind)]
    return [field.alias or name for model in models for name, field in model.model_fields.items()]


def values_at(model: type[BaseModel], path: Path) -> list[str]:
    """Return the values that the schema allows at the path. If the schema does not list the values, return nothing."""
    return [str(value) for kind in _at(model, path) for value in _values(kind)]


def names_at(model: type[BaseModel], path: Path) -> list[str]:
    """Return the keys that the schema allows in the mapping at the path.

    If the schema does not list the keys, return nothing.
    """
    keys = [
        get_args(kind)[0] for below in _at(model, path) for kind in _alternatives(below) if get_origin(kind) is dict
    ]
    return [str(value) for key in keys for value in _values(key)]


def has_fields_at(model: type[BaseModel], path: Path) -> bool:
    """Return whether the schema allows a mapping or a list at the path."""
    return any(_is_collection(kind) for below in _at(model, path) for kind in _alternatives(below))


def has_scalar_at(model: type[BaseModel], path: Path) -> bool:
    """Return whether the schema allows a scalar at the path."""
    return any(not _is_collection(kind) for below in _at(model, path) for kind in _alternatives(below))


def every_field(kind: Any) -> frozenset[str]:
    """Return the names of all fields of a type, at every level."""
    if get_origin(kind) in (dict, list):
        return every_field(get_args(kind)[-1])
    own = {field.alias or name: field for model in _models(kind) for name, field in model.model_fields.items()}
    others = (part for part in _alternatives(kind) if get_origin(part) in (dict, list))
    return frozenset(own).union(*(every_field(field.annotation) for field in own.values()), *map(every_field, others))


def _is_collection(kind: Any) -> bool:
    return get_origin(kind) in (dict, list) or bool(_models(kind))


def _at(model: type[BaseModel], path: Path) -> list[Any]:
    kinds: list[Any] = [model]
    for part in path:
        kinds = [below for kind in kinds for alternative in _alternatives(kind) for below in _below(alternative, part)]
    return kinds


def _alternatives(kind: Any) -> list[Any]:
    """Return the types that an annotation allows.

    For a union, return its members.
    """
    if isinstance(kind, type) or get_origin(kind) in (dict, list, Literal):
        return [kind]
    return [alternative for part in get_args(kind) for alternative in _alternatives(part)]


def _below(kind: Any, part: Any) -> list[Any]:
    if get_origin(kind) in (dict, list):
        return [get_args(kind)[-1]]
    return [
        field.annotation
        for model in _models(kind)
        for name, field in model.model_fields.items()
        if part in (name, field.alias)
    ]


def _models(kind: Any) -> list[type[BaseModel]]:
    return [
        alternative
        for alternative in _alternatives(kind)
        if isinstance(alternative, type) and issubclass(alternative, BaseModel)
    ]


def _values(kind: Any) -> list[Any]:
    return [
        value
        for alternative in _alternatives(kind)
        if get_origin(alternative) is Literal
        for value in get_args(alternative)
    ]
