"""The reading and writing of JSON.

Written JSON is safe to show on a terminal. Malformed JSON raises only ValueError.
"""

from __future__ import annotations

import json
import marshal
import math
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from reconciler.text import printable

# Left alone by json.dumps(ensure_ascii=False): C1 controls, DEL, direction marks, lone surrogates.
_UNSAFE = "[\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb]"
_PLAINER = {"unexpected_keyword_argument": "unknown field", "extra_forbidden": "unknown field"}
_EMPTY: dict[str, Any] = {}
_WITHOUT_REFERENCES = 2  # a version of the format in which the bytes depend on the value alone
_SCALARS = frozenset({str, int, float, bool, type(None)})


def dumps(value: object, indent: int | str | None = 2) -> str:
    """Return `value` as JSON that is safe to show on a terminal, with a newline at the end.

    A dataclass is written as its fields.
    """
    return escaped(json.dumps(value, indent=indent, ensure_ascii=False, allow_nan=False, default=_fields) + "\n")


def escaped(text: str) -> str:
    """Return JSON text in which every character that is not safe on a terminal is escaped."""
    if text.isascii() and "\x7f" not in text:
        return text
    return re.sub(_UNSAFE, lambda match: f"\\u{ord(match[0]):04x}", text)


def loads(data: bytes | str, share: bool = False) -> Any:
    """Return the parsed JSON. With `share`, empty objects are the same object, which nobody may change.

    Raise ValueError if the JSON is malformed or too deeply nested, or has a number out of range.
    """
    try:
        hook = _shared_if_empty if share else None
        return json.loads(data, parse_constant=_no_number, parse_float=_finite, object_hook=hook)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def exact(value: Any) -> bytes:
    """Return bytes that are the same for the same JSON value. Unlike `==`, they tell 1 from true and from 1.0."""
    return marshal.dumps(value, _WITHOUT_REFERENCES)


def _shared_if_empty(value: dict[str, Any]) -> dict[str, Any]:
    return value or _EMPTY


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is not a JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is out of range")
    return number


def place_and_reason(fault: Mapping[str, Any]) -> str:
    """Return one of pydantic's validation errors as `at PLACE: reason`."""
    where = printable(".".join(map(str, fault["loc"])))
    return f"at {where}: {_PLAINER.get(fault['type'], fault['msg'].lower())}"


def as_data(value: Any) -> Any:
    """Return a value as mappings, lists and scalars. A dataclass becomes a mapping, and an address becomes its text."""
    kind: Any = type(value)
    if kind in _SCALARS:
        return value
    if _is_address(kind):
        return str(value)
    if names := _names(kind):
        return {name: as_data(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {name: as_data(item) for name, item in value.items()}
    return [as_data(item) for item in value] if isinstance(value, tuple | list) else value


def _fields(value: Any) -> dict[str, Any]:
    """Return the fields of a dataclass. Raise TypeError for every other value that JSON cannot represent."""
    kind: Any = type(value)
    if not _names(kind):
        raise TypeError(f"{kind.__name__} cannot be written as JSON")
    fields_: dict[str, Any] = as_data(value)
    return fields_


@cache
def _is_address(kind: type[Any]) -> bool:
    from reconciler.address import Address

    return kind is Address


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    """Return the names of a dataclass's fields, or no names for another type."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
