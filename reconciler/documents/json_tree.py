"""A JSON document (https://jsonc.org) as a tree of spans. Comments and trailing commas are allowed.

The tree is divided only where a caller looks into a container. Python's own decoder skips everything else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import field
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Any, NoReturn

from reconciler import safe_json
from reconciler.documents.edit import MISSING, DocumentFault, NoValue, Path, Selector, place_in
from reconciler.documents.walk import is_named, walk
from reconciler.values import dataclass

DEEPEST = 200  # levels; configurations of tools have far fewer
MAPPING = "an object"
_SPACE = re.compile(r"(?:[ \t\r\n]+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING = re.compile(r'"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*"')
_SCALAR = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null")
# A string without an end goes to the end of the text: no pattern looks at a text twice.
_ANY_STRING = r'"[^"\\]*(?:\\.[^"\\]*)*"?'
_COMMENT = re.compile(rf"{_ANY_STRING}|(?P<odd>//[^\n]*|/\*.*?(?:\*/|\Z))", re.DOTALL)
_LAST_COMMA = re.compile(rf"{_ANY_STRING}|[\[{{][ \t\r\n]*,|(?P<odd>,)(?=[ \t\r\n]*[\]}}])", re.DOTALL)
_NO_BRACKETS = re.compile(rf'{_ANY_STRING}|[^"\[\]{{}}]+', re.DOTALL)
_STEP = {"{": 1, "[": 1, "}": -1, "]": -1}


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a JSON number")


_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=_no_number)


@dataclass(frozen=True, kw_only=True, eq=False)
class JsonSpan:
    """A value in a JSON document: the text between the positions `start` and `end`."""

    start: int
    end: int
    kind: str  # `{`, `[`, or `"` for a scalar
    depth: int  # the number of containers around it
    reader: _Reader = field(repr=False)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The entries of a container. A scalar has no entries."""
        return () if self.kind == '"' else self.reader.entries(self.start, self.depth)[0]

    @property
    def value(self) -> Any:
        """The value of a scalar. For a container, the value is None."""
        return plain(self) if self.kind == '"' else None


@dataclass(frozen=True, kw_only=True, eq=False)
class Entry:
    """A member of an object, or an element of a list.

    `comma` is the position of the comma after the entry. Without a comma, `comma` is -1.
    """

    key: str  # "" in a list
    start: int  # of the key, or of the element
    value: JsonSpan
    comma: int


class _Reader:
    """A JSON document: its text, and the same text as strict JSON. Every position is the same in both texts."""

    def __init__(self, text: str) -> None:
        self.text = self.strict = text
        self._skips = True

    def document(self) -> JsonSpan | None:
        start = self.space(0)
        if start == len(self.text):
            return None
        if self._skipped(start) is None:
            self.strict = _blanked(_blanked(self.text, _COMMENT), _LAST_COMMA)
        self._skips = _depth(self.strict) <= DEEPEST
        root = self.value(start, 0)
        end = self.space(root.end)
        if end < len(self.text):
            self.wrong("there is text after the end of the document", end)
        return root

    def space(self, at: int) -> int:
        match = _SPACE.match(self.text, at)
        end = match.end() if match else at
        if self.text.startswith("/*", end):
            self.wrong("a comment has no end", end)
        return end

    def value(self, at: int, depth: int) -> JsonSpan:
        first = self.text[at : at + 1]
        if first in ("{", "["):
            end = self._skipped(at) if self._skips else None
            if end is None:
                end = self.entries(at, depth)[1]  # which names the fault and its place
            return JsonSpan(start=at, end=end, kind=first, depth=depth, reader=self)
        match = (_STRING if first == '"' else _SCALAR).match(self.text, at)
        if not match or not first:
            self.wrong("a value is expected here", at)
        return JsonSpan(start=at, end=match.end(), kind='"', depth=depth, reader=self)

    def _skipped(self, at: int) -> int | None:
        """Return the end of the value at a position. If the value is not strict JSON, return None."""
        try:
            return _DECODER.raw_decode(self.strict, at)[1]
        except (ValueError, RecursionError):
            return None

    def entries(self, start: int, depth: int) -> tuple[tuple[Entry, ...], int]:
        """Return the entries of a container, and the position of the container's end."""
        kind = self.text[start]
        close = "}" if kind == "{" else "]"
        if depth >= DEEPEST:
            self.wrong(f"the document is nested more than {DEEPEST} levels deep", start)
        entries: list[Entry] = []
        at = self.space(start + 1)
        while not self.text.startswith(close, at):
            if entries and entries[-1].comma < 0:
                self.wrong(f"a comma or {close} is expected here", at)
            entry, at = self._entry(kind, at, depth + 1)
            entries.append(entry)
        return tuple(entries), at + 1

    def _entry(self, kind: str, start: int, depth: int) -> tuple[Entry, int]:
        key, at = self._key(start) if kind == "{" else ("", start)
        value = self.value(at, depth)
        at = self.space(value.end)
        comma = at if self.text.startswith(",", at) else -1
        return Entry(key=key, start=start, value=value, comma=comma), self.space(at + 1) if comma >= 0 else at

    def _key(self, at: int) -> tuple[str, int]:
        match = _STRING.match(self.text, at)
        if not match:
            self.wrong('a field name in double quotes (") is expected here', at)
        colon = self.space(match.end())
        if not self.text.startswith(":", colon):
            self.wrong("a colon is expected here", colon)
        return json.loads(match[0]), self.space(colon + 1)

    def wrong(self, reason: str, at: int) -> NoReturn:
        hint = "correct the file; comments and trailing commas are allowed"
        raise DocumentFault(f"the file is not JSON: {reason}", hint, **place_in(self.text, at))


def _blanked(text: str, pattern: re.Pattern[str]) -> str:
    """Return the text with spaces instead of the characters that the pattern's group `odd` matches."""
    pieces, at = list[str](), 0
    for match in pattern.finditer(text):
        if match.lastgroup:
            pieces += [text[at : match.start()], " " * (match.end() - match.start())]
            at = match.end()
    return "".join([*pieces, text[at:]])


def _depth(strict: str) -> int:
    """Return the number of nested levels in strict JSON. For any other text, the number is an estimate."""
    if strict.count("{") + strict.count("[") <= DEEPEST:
        return 0
    return max(accumulate(map(_STEP.__getitem__, _NO_BRACKETS.sub("", strict))), default=0)


@lru_cache(maxsize=4)  # an edit reads the same text several times, and the next edit begins with what the last one made
def scan(text: str) -> JsonSpan | None:
    """Return the tree of a document. If the document has no value, return None.

    Raise `DocumentFault` if the document is not valid.
    """
    return _Reader(text).document()


def plain(span: JsonSpan) -> Any:
    """Return the value of a span as a Python value. Raise `DocumentFault` if a number is out of range."""
    try:
        return safe_json.loads(span.reader.strict[span.start : span.end])
    except ValueError as fault:
        for entry in span.entries:
            plain(entry.value)  # the wrong one has its own place
        hint = "correct the number in the file"
        raise DocumentFault(f"the file is not JSON: {fault}", hint, **place_in(span.reader.text, span.start)) from None


def value_in(text: str, path: Path) -> Any | NoValue:
    """Return the value at the path. If the document has no such value, return `MISSING`."""
    root = scan(text)
    entries = walk(text, root, path, mapping=MAPPING)
    if root is None or len(entries) < len(path):
        return MISSING
    return plain(entries[-1].value if entries else root)


def foreign(text: str, path: Path) -> Iterator[str]:
    """Yield all names and values of the document except the value at the path, in order and as written.

    If a container has only this value, the container is left out too.
    """
    root = scan(text)
    return _others(text, root, path) if root else iter(())


def selected_by(part: str | Selector) -> frozenset[str]:
    """Return the names of the fields in a selector.

    A selector is a part of a path that identifies an object in a list.
    """
    return frozenset() if isinstance(part, str) else frozenset(name for name, _ in part)


def _others(text: str, span: JsonSpan, path: Path, own: frozenset[str] = frozenset()) -> Iterator[str]:
    if span.kind == '"' or not path:
        yield text[span.start : span.end]
        return
    for entry in span.entries:
        if entry.key in own:
            continue
        name = f"{span.kind}{json.dumps(entry.key)}"
        if not is_named(entry, path[0]):
            yield from (name, text[entry.value.start : entry.value.end])
        elif inner := list(_others(text, entry.value, path[1:], selected_by(path[0])) if path[1:] else ()):
            yield from (name, *inner)
