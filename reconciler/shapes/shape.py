"""The reading of a document by its shape. A document that does not fit is left to pydantic, which explains the faults.

Nearly every document has no fault, and loading pydantic and building its models takes longer than the rest of
`gwctl validate`. A shape is made from the pydantic model of a format: `python -m reconciler.schemas` writes it to
`data/`. A shape may refuse a document that pydantic accepts, but never the reverse. So types are compared exactly.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Any

from reconciler.errors import GatewayError
from reconciler.files.read_file import packaged
from reconciler.safe_json import exact

Read = Callable[[Any], Any]  # returns the value in the types of the model, or raises `Misfit`
_Classes = Mapping[str, Callable[..., Any]]
_NO_CLASSES: tuple[type, ...] = ()
_MOST_KNOWN = 1000  # values that a reader remembers


class Misfit(GatewayError):
    """The document does not have the shape."""


def fits(name: str, document: object) -> bool:
    """Return whether the document has the shape called `name`."""
    try:
        reader(name)(document)
    except Misfit:
        return False
    return True


@cache
def reader(name: str, classes: Collection[type] = _NO_CLASSES) -> Read:
    """Return the function that reads a document of the shape called `name`.

    A mapping of which the shape names the class becomes an instance of that class, if the class is in `classes`. A list
    in such an instance becomes a tuple. All else is only checked, and stays as it is. With `classes`, equal small
    values become the same object, which nobody may change.
    """
    shape = json.loads(packaged(__package__, f"data/{name}.json"))
    return _Readers({each.__name__: each for each in classes}).of(shape, inside=False)


class _Readers:
    """The readers of shapes. `inside` is true for a shape that is a part of an instance."""

    def __init__(self, classes: _Classes) -> None:
        self._classes = classes

    def of(self, shape: Any, inside: bool) -> Read:
        """Return the function that reads a value of the shape."""
        kind = shape["is"]
        if kind in _PLAIN:
            return _PLAIN[kind](shape)
        inside = inside or shape.get("class") in self._classes
        makes = self._makes(shape, inside)
        if kind == "fields":
            return self._fields(shape, inside, makes)
        parts = [self.of(each, inside) for each in _parts(shape)]
        read = _HOLDING[kind](shape, parts, makes)
        return self._once(read, shape) if kind == "either" else read

    def _makes(self, shape: Any, inside: bool) -> bool:
        """Return whether a value of the shape becomes another value."""
        inside = inside or shape.get("class") in self._classes
        own = inside and (shape.get("tuple") or shape["is"] == "row" or "class" in shape)
        return bool(own) or any(self._makes(part, inside) for part in _parts(shape))

    def _fields(self, shape: Any, inside: bool, makes: bool) -> Read:
        fields = {name: self.of(each, inside) for name, each in shape["fields"].items()}
        required, number = frozenset(shape["required"]), len(fields)
        made = self._classes.get(shape.get("class", ""))

        def read(value: Any) -> Any:
            if type(value) is not dict or (len(value) < number and not required <= value.keys()):
                raise Misfit
            try:
                if not makes:
                    for name, item in value.items():
                        fields[name](item)
                    return value
                data = {name: fields[name](item) for name, item in value.items()}
            except KeyError:  # an unknown field
                raise Misfit from None
            return data if made is None else made(**data)

        return self._once(read, shape)

    def _once(self, read: Read, shape: Any) -> Read:
        """Return a reader that reads equal values once, if a document has few different values of the shape."""
        return _remembering(read) if self._classes and _is_repeated(shape) else read


def _remembering(read: Read) -> Read:
    """Return a reader that reads equal values once. They become the same object, which nobody may change."""
    known: dict[bytes, Any] = {}

    def again(value: Any) -> Any:
        key = exact(value)  # unlike `==`, the bytes tell 1 from true
        there = known.get(key)
        if there is None:
            there = read(value)
            if len(known) < _MOST_KNOWN:
                known[key] = there
        return there

    return again


def _is_repeated(shape: Any) -> bool:
    """Return whether a document has few different values of the shape.

    In a shape with a pattern or with any names, nearly every value differs.
    """
    return "pattern" not in shape and shape["is"] != "names" and all(map(_is_repeated, _parts(shape)))


def _parts(shape: Any) -> list[Any]:
    """Return the shapes of the parts of a shape."""
    kind = shape["is"]
    if kind in _PLAIN:
        return []
    if kind in ("nullable", "list", "names"):
        return [shape["of"], *([shape["names"]] if kind == "names" else [])]
    below = shape["fields" if kind == "fields" else "of"]
    return list(below.values() if isinstance(below, dict) else below)


def _text(shape: Any) -> Read:
    least, pattern = shape.get("least", 0), shape.get("pattern")
    search = None

    def read(value: Any) -> Any:
        nonlocal search
        if type(value) is not str or not (value.isascii() or _is_unicode(value)) or len(value) < least:
            raise Misfit
        if pattern:
            search = search or re.compile(pattern).search  # compiled late: most patterns are not needed
            if not search(value) or "\n" in value:  # Python's `$` also matches before a newline at the end
                raise Misfit
        return value

    return read


def _is_unicode(text: str) -> bool:
    """Return whether the text has no lone surrogate."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _number(kind: type) -> Callable[[Any], Read]:
    def of(shape: Any) -> Read:
        least, most = shape.get("least"), shape.get("most")

        def read(value: Any) -> Any:
            if type(value) is not kind or (least is not None and value < least) or (most is not None and value > most):
                raise Misfit
            return value

        return read

    return of


def _word(shape: Any) -> Read:
    allowed = frozenset(shape["of"])
    (kind,) = {type(each) for each in allowed}

    def read(value: Any) -> Any:
        if type(value) is not kind or value not in allowed:
            raise Misfit
        return value

    return read


def _nullable(_shape: Any, parts: list[Read], _makes: bool) -> Read:
    (inner,) = parts
    return lambda value: None if value is None else inner(value)


def _list(shape: Any, parts: list[Read], makes: bool) -> Read:
    (inner,) = parts
    least, made = shape.get("least", 0), tuple if makes and shape.get("tuple") else list

    def read(value: Any) -> Any:
        if type(value) is not list or len(value) < least:
            raise Misfit
        if makes:
            return made(map(inner, value))
        for item in value:
            inner(item)
        return value

    return read


def _row(_shape: Any, parts: list[Read], makes: bool) -> Read:
    number = len(parts)

    def read(value: Any) -> Any:
        if type(value) is not list or len(value) != number:
            raise Misfit
        read = [each(part) for each, part in zip(parts, value, strict=True)]
        return tuple(read) if makes else value

    return read


def _names(shape: Any, parts: list[Read], makes: bool) -> Read:
    inner, key = parts
    least, most = shape.get("least", 0), shape.get("most")

    def read(value: Any) -> Any:
        if type(value) is not dict or len(value) < least or (most is not None and len(value) > most):
            raise Misfit
        if makes:
            return {key(name): inner(item) for name, item in value.items()}
        for name, item in value.items():
            key(name)
            inner(item)
        return value

    return read


def _either(_shape: Any, parts: list[Read], _makes: bool) -> Read:
    def read(value: Any) -> Any:
        for choice in parts:
            try:
                return choice(value)
            except Misfit:
                continue
        raise Misfit

    return read


def _by(shape: Any, parts: list[Read], _makes: bool) -> Read:
    """Return the reader of a mapping whose field `by` says which shape the mapping has."""
    field, sides = shape["by"], dict(zip(shape["of"], parts, strict=True))

    def read(value: Any) -> Any:
        word = value.get(field) if type(value) is dict else None
        if type(word) is not str or word not in sides:
            raise Misfit
        return sides[word](value)

    return read


_PLAIN: Mapping[str, Callable[[Any], Read]] = {
    "text": _text,
    "flag": _number(bool),
    "whole number": _number(int),
    "number": _number(float),
    "word": _word,
}
_HOLDING: Mapping[str, Callable[[Any, list[Read], bool], Read]] = {
    "nullable": _nullable,
    "list": _list,
    "row": _row,
    "names": _names,
    "either": _either,
    "by": _by,
}
