"""A TOML document (https://toml.io/en/v1.0.0) as a list of statements: table headers, and keys with their values."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from reconciler.documents.edit import DocumentFault, place_in
from reconciler.values import dataclass

_BARE = r"[A-Za-z0-9_-]+"
_BASIC = r'"(?:[^"\\\n]|\\.)*"'
_LITERAL = r"'[^'\n]*'"
_PART = rf"(?:{_BARE}|{_BASIC}|{_LITERAL})"
_BARE_KEY = re.compile(rf"{_BARE}(?:\.{_BARE})*")
_KEY = re.compile(rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*")
_HEADER = re.compile(rf"(\[\[?)[ \t]*({_KEY.pattern})[ \t]*\]\]?")
_LONG = re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}|\'{3}.*?\'{3,5}', re.DOTALL)
# The usual values: one line, and no brackets.
_SIMPLE = re.compile(rf"(?:[^\"'#\[\]{{}}\n]*[^\"'#\[\]{{}}\s]|{_BASIC}|{_LITERAL})(?=[ \t\r]*(?:[#\n]|\Z))")
_GAP = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_COMMENT = re.compile(r"#[^\r\n]*")
_EQUALS = re.compile(r"[ \t]*=[ \t]*")
_TOKEN = re.compile(rf"{_BASIC}|{_LITERAL}|#[^\n]*|[\[{{]|[\]}}]|[^\"'#\[\]{{}}\n]+|\n")


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A table header, or a key with its value, from `start` to `end`.

    A comment on the same line is not a part of the statement.
    """

    start: int
    end: int
    table: tuple[str, ...]  # the table that the header opens, or that the key belongs to
    key: tuple[str, ...] = ()  # empty for a header
    value: int = 0  # where the value begins
    is_array: bool = False  # of tables: `[[…]]`


@lru_cache(maxsize=8)  # a few edits and their checks look at the same texts: those before, and those after
def values_of(text: str) -> Mapping[str, Any]:
    """Return the values of a TOML text. Raise `DocumentFault` if the text is not valid.

    The result is shared between callers, who must not change it.
    """
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as fault:
        reason = "it is nested too deeply" if isinstance(fault, RecursionError) else str(fault)
        match = re.search(r" \(at line (\d+), column (\d+)\)$", reason)
        place = {"line": int(match[1]), "column": int(match[2])} if match else {"line": 0, "column": 0}
        reason = reason[: match.start()] if match else reason
        hint = "correct the file: the program that uses the file cannot read the file either"
        raise DocumentFault(f"the file is not TOML: {reason}", hint, **place) from None


@lru_cache(maxsize=8)  # a few edits and their checks look at the same texts: those before, and those after
def statements_of(text: str) -> tuple[Statement, ...]:
    """Return the statements of a valid TOML text, in order."""
    statements: list[Statement] = []
    table: tuple[str, ...] = ()
    at = _next(text, 0)
    while at < len(text):
        header = _HEADER.match(text, at)
        if header:
            table = _names(header[2])
            statement = Statement(start=at, end=header.end(), table=table, is_array=header[1] == "[[")
        else:
            statement = _assignment(text, at, table)
        statements.append(statement)
        at = _next(text, statement.end)
    return tuple(statements)


@lru_cache(maxsize=8)
def comments_of(text: str) -> tuple[str, ...]:
    """Return the comments between the statements of a valid TOML text, and after them."""
    comments, at = list[str](), 0
    for start, end in [*((each.start, each.end) for each in statements_of(text)), (len(text), len(text))]:
        if "#" in (between := text[at:start]):
            comments += _COMMENT.findall(between)
        at = end
    return tuple(comments)


def _next(text: str, at: int) -> int:
    """Return the position of the next statement, after blank lines and comments."""
    match = _GAP.match(text, at)
    return match.end() if match else at


def _assignment(text: str, at: int, table: tuple[str, ...]) -> Statement:
    key = _KEY.match(text, at)
    equals = _EQUALS.match(text, key.end()) if key else None
    if not key or not equals:
        raise DocumentFault("a key is expected here", "correct the file", **place_in(text, at))
    return Statement(start=at, end=_value_end(text, equals.end()), table=table, key=_names(key[0]), value=equals.end())


def _value_end(text: str, at: int) -> int:
    simple = _SIMPLE.match(text, at)
    if simple:
        return simple.end()
    depth, end = 0, at
    while at < len(text):
        match = _LONG.match(text, at) or _TOKEN.match(text, at)
        if not match or (match[0] == "\n" and depth == 0) or (match[0][0] == "#" and depth == 0):
            break
        at = match.end()
        depth += match[0] in ("[", "{")
        depth -= match[0] in ("]", "}")
        end = at if match[0].strip() else end
    return end - (len(text[:end]) - len(text[:end].rstrip()))


@lru_cache(maxsize=512)  # each scan of a text meets the same keys
def _names(key: str) -> tuple[str, ...]:
    """Return the parts of a dotted key."""
    if _BARE_KEY.fullmatch(key):
        return tuple(key.split("."))
    names: list[str] = []
    inside: Any = tomllib.loads(f"{key} = 0")
    while isinstance(inside, dict):
        ((name, inside),) = inside.items()
        names.append(name)
    return tuple(names)
