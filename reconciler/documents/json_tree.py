"""A JSON document with comments as a tree of spans (https://jsonc.org): comments and trailing commas are allowed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

from reconciler import safe_json
from reconciler.documents.edit import MISSING, DocumentFault, NoValue, Path, Selector, place_in, shown

DEEPEST = 200  # levels; configurations of tools have far fewer
_SPACE = re.compile(r"(?:[ \t\r\n]+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"')
_SCALAR = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null")


@dataclass(frozen=True, kw_only=True)
class JsonSpan:
    """One value: the text between `start` and `end`; a container has the entries between its brackets."""

    start: int
    end: int
    kind: str  # `{`, `[`, or `"` for a scalar
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A member of an object or an element of a list; `comma` is the position of the comma after it, or -1."""

    key: str  # "" in a list
    start: int  # of the key, or of the element
    value: JsonSpan
    comma: int


@dataclass
class _Scanner:
    text: str
    at: int = 0
    depth: int = field(default=0)

    def document(self) -> JsonSpan | None:
        self.space()
        if self.at == len(self.text):
            return None
        root = self.value()
        self.space()
        if self.at < len(self.text):
            self.wrong("there is text after the end of the document")
        return root

    def space(self) -> None:
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at
        if self.text.startswith("/*", self.at):
            self.wrong("a comment has no end")

    def value(self) -> JsonSpan:
        start, first = self.at, self.text[self.at : self.at + 1]
        if first in ("{", "["):
            return self.container("}" if first == "{" else "]")
        pattern = _STRING if first == '"' else _SCALAR
        match = pattern.match(self.text, start)
        if not match or not first:
            self.wrong("a value is expected here")
        self.at = match.end()
        return JsonSpan(start=start, end=self.at, kind='"')

    def container(self, close: str) -> JsonSpan:
        start, kind = self.at, self.text[self.at]
        self.depth += 1
        if self.depth > DEEPEST:
            self.wrong(f"the document is nested more than {DEEPEST} levels deep")
        self.at += 1
        entries: list[Entry] = []
        self.space()
        while not self.text.startswith(close, self.at):
            if entries and entries[-1].comma < 0:
                self.wrong(f"a comma or {close} is expected here")
            entries.append(self.entry(kind))
        self.at += 1
        self.depth -= 1
        return JsonSpan(start=start, end=self.at, kind=kind, entries=tuple(entries))

    def entry(self, kind: str) -> Entry:
        start, key = self.at, ""
        if kind == "{":
            key = self.key()
        value = self.value()
        self.space()
        comma = self.at if self.text.startswith(",", self.at) else -1
        if comma >= 0:
            self.at += 1
            self.space()
        return Entry(key=key, start=start, value=value, comma=comma)

    def key(self) -> str:
        match = _STRING.match(self.text, self.at)
        if not match:
            self.wrong('a field name in double quotes (") is expected here')
        self.at = match.end()
        self.space()
        if not self.text.startswith(":", self.at):
            self.wrong("a colon is expected here")
        self.at += 1
        self.space()
        name: str = json.loads(match[0])
        return name

    def wrong(self, reason: str) -> NoReturn:
        hint = "correct the file; comments and trailing commas are allowed"
        raise DocumentFault(f"the file is not JSON: {reason}", hint, **place_in(self.text, self.at))


def scan(text: str) -> JsonSpan | None:
    """Return the tree of a document; None if the document has no value.

    Raise `DocumentFault` if the document is not valid.
    """
    return _Scanner(text).document()


def find(text: str, span: JsonSpan, part: str | Selector) -> Entry | None:
    """Return the entry that a part of a path names.

    Raise `DocumentFault` if two entries fit, or the value has another shape.
    """
    wanted = "{" if isinstance(part, str) else "["
    if span.kind != wanted:
        what = "an object" if wanted == "{" else "a list"
        reason = f"{shown(part)} is expected inside {what}, but the file has another value at this position"
        raise DocumentFault(
            reason, "correct the file, or remove the value at this position", **place_in(text, span.start)
        )
    matching = [entry for entry in span.entries if _is_named(text, entry, part)]
    if len(matching) > 1:
        reason = f"the file contains {shown(part)} twice"
        raise DocumentFault(reason, "remove one of the two", **place_in(text, matching[1].start))
    return matching[0] if matching else None


def _is_named(text: str, entry: Entry, part: str | Selector) -> bool:
    if isinstance(part, str):
        return entry.key == part
    if entry.value.kind != "{":
        return False
    fields_ = {inner.key: inner.value for inner in entry.value.entries}
    return all(name in fields_ and plain(text, fields_[name]) == value for name, value in part)


def plain(text: str, span: JsonSpan) -> Any:
    """Return the value of a span as a Python value; raise `DocumentFault` on a number out of range."""
    if span.kind == "{":
        return {entry.key: plain(text, entry.value) for entry in span.entries}
    if span.kind == "[":
        return [plain(text, entry.value) for entry in span.entries]
    try:
        return safe_json.loads(text[span.start : span.end])
    except ValueError as fault:
        hint = "correct the number in the file"
        raise DocumentFault(f"the file is not JSON: {fault}", hint, **place_in(text, span.start)) from None


def value_in(text: str, path: Path) -> Any | NoValue:
    """Return the value at the path; `MISSING` if there is none."""
    span = scan(text)
    for part in path:
        entry = find(text, span, part) if span else None
        span = entry.value if entry else None
    return plain(text, span) if span else MISSING


def foreign(text: str, path: Path) -> Iterator[str]:
    """Yield all names and scalars of the document except the value at the path, in order and as written.

    A container that has only this value is left out too.
    """
    root = scan(text)
    return _others(text, root, path) if root else iter(())


def selected_by(part: str | Selector) -> frozenset[str]:
    """Return the names of the fields that a selector in a path sets."""
    return frozenset() if isinstance(part, str) else frozenset(name for name, _ in part)


def _others(text: str, span: JsonSpan, path: Path, own: frozenset[str] = frozenset()) -> Iterator[str]:
    if span.kind == '"':
        yield text[span.start : span.end]
        return
    for entry in span.entries:
        if entry.key in own:
            continue
        on_path = bool(path) and _is_named(text, entry, path[0])
        inner = list(_others(text, entry.value, path[1:], selected_by(path[0])) if on_path else ())
        if on_path and (len(path) == 1 or not inner):
            continue  # the value itself, or a container with only the value
        yield f"{span.kind}{json.dumps(entry.key)}"
        yield from inner if on_path else _others(text, entry.value, ())
