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

from reconciler.files.read_file import packaged

Read = Callable[[Any], Any]  # returns the value in the types of the model; raises `Misfit`
_Classes = Mapping[str, Callable[..., Any]]
_NO_CLASSES: tuple[type, ...] = ()


class Misfit(Exception):
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

    A mapping of which the shape names the class becomes an instance of that class, which must be in `classes`. A list
    in such an instance becomes a tuple. All else stays as it is.
    """
    shape = json.loads(packaged(__package__, f"data/{name}.json"))
    return _reader(shape, {each.__name__: each for each in classes})


def _reader(shape: Any, classes: _Classes) -> Read:
    made: Read = _KINDS[shape["is"]](shape, classes)
    return made


def _text(shape: Any, _classes: _Classes) -> Read:
    least, pattern = shape.get("least", 0), shape.get("pattern")
    search = None

    def read(value: Any) -> Any:
        nonlocal search
        if type(value) is not str or len(value) < least or not (value.isascii() or _is_unicode(value)):
            raise Misfit
        if pattern:
            search = search or re.compile(pattern).search  # compiled late: most patterns are not needed
            if "\n" in value or not search(value):  # Python's `$` also matches before a newline at the end
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


def _number(kind: type) -> Callable[[Any, _Classes], Read]:
    def of(shape: Any, _classes: _Classes) -> Read:
        least, most = shape.get("least"), shape.get("most")

        def read(value: Any) -> Any:
            if type(value) is not kind or (least is not None and value < least) or (most is not None and value > most):
                raise Misfit
            return value

        return read

    return of


def _word(shape: Any, _classes: _Classes) -> Read:
    allowed = {(type(each), each) for each in shape["of"]}
    kinds = {type(each) for each in shape["of"]}

    def read(value: Any) -> Any:
        if type(value) not in kinds or (type(value), value) not in allowed:
            raise Misfit
        return value

    return read


def _nullable(shape: Any, classes: _Classes) -> Read:
    inner = _reader(shape["of"], classes)
    return lambda value: None if value is None else inner(value)


def _list(shape: Any, classes: _Classes) -> Read:
    inner, least, made = _reader(shape["of"], classes), shape.get("least", 0), tuple if shape.get("tuple") else list

    def read(value: Any) -> Any:
        if type(value) is not list or len(value) < least:
            raise Misfit
        return made(map(inner, value))

    return read


def _row(shape: Any, classes: _Classes) -> Read:
    inner = [_reader(each, classes) for each in shape["of"]]

    def read(value: Any) -> Any:
        if type(value) is not list or len(value) != len(inner):
            raise Misfit
        return tuple(each(part) for each, part in zip(inner, value, strict=True))

    return read


def _names(shape: Any, classes: _Classes) -> Read:
    name, inner = _reader(shape["names"], classes), _reader(shape["of"], classes)
    least, most = shape.get("least", 0), shape.get("most")

    def read(value: Any) -> Any:
        if type(value) is not dict or len(value) < least or (most is not None and len(value) > most):
            raise Misfit
        return {name(key): inner(item) for key, item in value.items()}

    return read


def _fields(shape: Any, classes: _Classes) -> Read:
    fields = {name: _reader(each, classes) for name, each in shape["fields"].items()}
    required = frozenset(shape["required"])
    made = classes[shape["class"]] if "class" in shape else None

    def read(value: Any) -> Any:
        if type(value) is not dict or not required <= value.keys() or not value.keys() <= fields.keys():
            raise Misfit
        data = {name: fields[name](item) for name, item in value.items()}
        return data if made is None else made(**data)

    return read


def _either(shape: Any, classes: _Classes) -> Read:
    choices = [_reader(each, classes) for each in shape["of"]]

    def read(value: Any) -> Any:
        for choice in choices:
            try:
                return choice(value)
            except Misfit:
                continue
        raise Misfit

    return read


def _by(shape: Any, classes: _Classes) -> Read:
    """Return the reader of a mapping whose field `by` says which shape the mapping has."""
    field, sides = shape["by"], {word: _reader(each, classes) for word, each in shape["of"].items()}

    def read(value: Any) -> Any:
        word = value.get(field) if type(value) is dict else None
        if type(word) is not str or word not in sides:
            raise Misfit
        return sides[word](value)

    return read


_KINDS: Mapping[str, Callable[[Any, _Classes], Read]] = {
    "text": _text,
    "flag": _number(bool),
    "whole number": _number(int),
    "number": _number(float),
    "word": _word,
    "nullable": _nullable,
    "list": _list,
    "row": _row,
    "names": _names,
    "fields": _fields,
    "either": _either,
    "by": _by,
}
