"""Edits of JSON with comments. An edit replaces, adds or removes one value, and changes nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from reconciler import safe_json
from reconciler.documents.edit import (
    NO_DOCUMENT,
    DocumentFault,
    Edit,
    NoValue,
    Path,
    line_end_of,
    named,
    nested,
    text_of,
)
from reconciler.documents.json_tree import MAPPING, Entry, JsonSpan, foreign, scan, selected_by, value_in
from reconciler.documents.walk import walk

_UNIT = "  "
_INDENTED = re.compile(r"\n([ \t]+)[^ \t\r\n/*]")
_NOTHING: Mapping[int, str | None] = {}


def value_at(data: bytes, path: Path) -> Any | NoValue:
    """Return the value at the path. If the document has no such value, return `MISSING`.

    Raise `DocumentFault` if the document is not valid.
    """
    return value_in(text_of(data)[1], path)


def with_value(data: bytes, path: Path, value: Any) -> Edit:
    """Return the document with this value at the path. A new value is added at the end of its container.

    Raise `DocumentFault` if a safe edit is not possible.
    """
    mark, text = text_of(data)
    root = scan(text)
    entries = walk(text, root, path, mapping=MAPPING)
    entry, depth = (entries[-1] if entries else None), len(entries)
    span = entry.value if entry else root
    undo: dict[int, str | None] = dict.fromkeys(range(depth + 1, len(path)))
    rest = path[depth:]
    if span is None:
        changed = _document(text, nested(rest, value))
        undo |= {NO_DOCUMENT: text, 0: None}
    elif not rest:
        changed = _replaced(text, span, entry, named(path[-1], value) if path else value)
    else:
        if not span.entries:
            undo[depth] = text[span.start + 1 : span.end - 1]
        changed = _added(text, span, rest[0], nested(rest[1:], value))
    return Edit(data=_checked(text, changed, path, mark), undo=undo)


def without(data: bytes, path: Path, undo: Mapping[int, str | None] = _NOTHING) -> bytes:
    """Return the document without the value at the path.

    If an earlier edit made the container, and the container is now empty, remove the container too.

    Raise `DocumentFault` if a safe edit is not possible.
    """
    mark, text = text_of(data)
    root = scan(text)
    entries = walk(text, root, path, mapping=MAPPING)
    if root is None or len(entries) < len(path):
        return data
    holders = list(zip([root, *(entry.value for entry in entries)], entries, strict=False))
    depth = len(path) - 1
    while depth > 0 and undo.get(depth, "") is None and _is_alone(text, *holders[depth], selected_by(path[depth - 1])):
        depth -= 1
    holder, entry = holders[depth]
    if undo.get(depth, "") is None and NO_DOCUMENT in undo and _is_alone(text, holder, entry):
        around = text[: holder.start] + text[holder.end :]
        before = undo[NO_DOCUMENT] or ""
        return _checked(text, before if around.split() == before.split() else around, path, mark)
    return _checked(text, _removed(text, holder, entry, undo.get(depth)), path, mark)


def _is_alone(text: str, holder: JsonSpan, entry: Entry, own: frozenset[str] = frozenset()) -> bool:
    """Return whether the entry is alone in its container.

    The container must have no comment. Apart from the entry, the container may have only the fields `own`.
    """
    at, rest = holder.start + 1, ""
    for each in holder.entries:
        if each is entry or each.key in own:
            rest, at = rest + text[at : each.start], _end(each)
    return not (rest + text[at : holder.end - 1]).strip()


def _end(entry: Entry) -> int:
    """Return the position after an entry of a container and after the entry's comma."""
    return entry.comma + 1 if entry.comma >= 0 else entry.value.end


def _checked(before: str, after: str, path: Path, mark: str) -> bytes:
    """Return the changed document. Raise `DocumentFault` if the edit would change any other value."""
    if list(foreign(before, path)) != list(foreign(after, path)):
        raise DocumentFault("the file cannot be edited without a change to another value", "edit the file by hand")
    return (mark + after).encode()


def _document(text: str, value: Any) -> str:
    """Return a new document with the value, after the comments in the text."""
    end = line_end_of(text)
    gap = "" if not text or text.endswith("\n") else end
    return f"{text}{gap}{_formatted(value, '', _UNIT, end)}{end}"


def _replaced(text: str, span: JsonSpan, entry: Entry | None, value: Any) -> str:
    start = entry.start if entry else span.start
    before = _line_start(text, start)
    unit = _unit_of(text) if "\n" in text[span.start : span.end] or span.kind == '"' else None
    new = _formatted(value, before or "", unit if before is not None else None, line_end_of(text))
    return text[: span.start] + new + text[span.end :]


def _added(text: str, holder: JsonSpan, part: Any, value: Any) -> str:
    """Return the text after adding an entry at the end of the container."""
    name = f"{json.dumps(part, ensure_ascii=False)}: " if isinstance(part, str) else ""
    value = named(part, value)
    inside = text[holder.start + 1 : holder.end - 1]
    last = holder.entries[-1] if holder.entries else None
    end = line_end_of(text)
    if last and "\n" not in inside:
        indent, unit, gap = "", None, " "
    else:
        unit = _unit_of(text)
        indent = _indent_of(text, last.start) if last else _indent_of(text, holder.start) + unit
        gap = end + indent
    entry = name + _formatted(value, indent, unit, end)
    if last is None:
        close = end + _indent_of(text, holder.start)
        kept = inside.rstrip()
        return text[: holder.start + 1] + kept + gap + entry + close + text[holder.end - 1 :]
    at = holder.end - 1 - (len(inside) - len(inside.rstrip()))
    comma = "," if last.comma >= 0 else ""
    tail = gap + entry + comma + text[at:]
    if last.comma >= 0:
        return text[:at] + tail
    return text[: last.value.end] + "," + text[last.value.end : at] + tail


def _removed(text: str, holder: JsonSpan, entry: Entry, inside: str | None) -> str:
    """Return the text without the entry. If the container becomes empty, it gets back its former text `inside`.

    If the former text is not known, `inside` is None.
    """
    if len(holder.entries) == 1:
        rest = text[holder.start + 1 : entry.start] + text[_end(entry) : holder.end - 1]
        if rest.strip() == (inside or "").strip():
            return text[: holder.start + 1] + (inside or "") + text[holder.end - 1 :]
    position, end = holder.entries.index(entry), _end(entry)
    if entry.comma >= 0 and position + 1 < len(holder.entries):
        return _cut_before_others(text, entry, end, holder.entries[position + 1].start)
    start = _start_of_gap(text, entry.start, end)
    if entry.comma >= 0 or position == 0:
        return text[:start] + text[end:]
    comma = holder.entries[position - 1].comma
    return text[:comma] + text[comma + 1 : start] + text[end:]


def _cut_before_others(text: str, entry: Entry, end: int, following: int) -> str:
    """Return the text without an entry that other entries follow.

    If the entry stands alone on its lines, the lines are removed. Otherwise only the entry is removed.
    """
    if _line_start(text, entry.start) is not None and not text[end : text.find("\n", end) % (len(text) + 1)].strip():
        return text[: _start_of_gap(text, entry.start, end)] + text[end:]
    return text[: entry.start] + text[end:following].lstrip(" ") + text[following:]


def _start_of_gap(text: str, start: int, end: int) -> int:
    """Return the position where the space before an entry starts.

    If nothing else is on the entry's line, the space includes the line end.
    """
    before = _line_start(text, start)
    if before is None:
        return start - 1 if text[start - 1] == " " else start
    after = text.find("\n", end)
    rest = text[end : after if after >= 0 else len(text)]
    if rest.strip() and not rest.lstrip().startswith(("}", "]")):
        return start
    newline = start - len(before) - 1
    return newline - 1 if text[newline - 1 : newline] == "\r" else newline


def _line_start(text: str, at: int) -> str | None:
    """Return the indentation before a position. Return None if the line has other text before the position."""
    before = text[text.rfind("\n", 0, at) + 1 : at]
    return before if not before.strip() and "\n" in text[:at] else None


def _indent_of(text: str, at: int) -> str:
    """Return the indentation of the line that contains a position."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _unit_of(text: str) -> str:
    """Return one step of the text's indentation: the indentation of the first indented line."""
    match = _INDENTED.search(text)
    return match[1] if match else _UNIT


def _formatted(value: Any, indent: str, unit: str | None, end: str) -> str:
    """Return the value as JSON. If `unit` is a step of indentation, the JSON has several lines.

    Otherwise it has one line.
    """
    text = safe_json.dumps(value, indent=unit)[:-1]
    return text.replace("\n", end + indent)
