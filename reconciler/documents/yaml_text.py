"""Edits of YAML. An edit replaces, adds or removes one value. Comments and layout do not change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.documents.edit import (
    MISSING,
    NO_DOCUMENT,
    DocumentFault,
    Edit,
    NoValue,
    Path,
    Selector,
    line_end_of,
    named,
    nested,
    place_in,
    text_of,
)
from reconciler.documents.walk import is_named, walk
from reconciler.yaml.spans import NoSpans, YamlEntry, YamlSpan, block, inline, spans_of

_NOTHING: Mapping[int, str | None] = {}
_STEP = "  "
_MAPPING = "a mapping"


def value_at(data: bytes, path: Path) -> Any | NoValue:
    """Return the value at the path. If the document has no such value, return `MISSING`.

    Raise `DocumentFault` if the document is not valid.
    """
    text = text_of(data)[1]
    root = _scan(text)
    entries = walk(text, root, path, mapping=_MAPPING)
    if root is None or len(entries) < len(path):
        return MISSING
    return _plain(text, entries[-1].value if entries else root)


def with_value(data: bytes, path: Path, value: Any) -> Edit:
    """Return the document with this value at the path. A new value is added at the end of its container.

    Raise `DocumentFault` if a safe edit is not possible.
    """
    mark, text = text_of(data)
    root = _scan(text)
    entries = walk(text, root, path, mapping=_MAPPING, stop=_is_empty)
    entry, depth = (entries[-1] if entries else None), len(entries)
    span = entry.value if entry else root
    undo: dict[int, str | None] = dict.fromkeys(range(depth + 1, len(path)))
    rest = path[depth:]
    if span is None:
        changed = _document(text, nested(rest, value))
        undo |= {NO_DOCUMENT: text, 0: None}
    elif not rest:
        changed = _replaced(text, span, entry, named(path[-1], value) if path else value)
    elif _is_empty(span):
        undo[depth] = text[_after_colon(text, entry) if entry else span.start : span.end]
        changed = _replaced(text, span, entry, nested(rest, value))
    else:
        changed = _added(text, span, rest[0], nested(rest[1:], value))
    return Edit(data=_checked(text, changed, path, mark), undo=undo)


def without(data: bytes, path: Path, undo: Mapping[int, str | None] = _NOTHING) -> bytes:
    """Return the document without the value at the path.

    If an earlier edit made the container, and the container is now empty, remove the container too.

    Raise `DocumentFault` if a safe edit is not possible.
    """
    mark, text = text_of(data)
    root = _scan(text)
    entries = walk(text, root, path, mapping=_MAPPING, stop=_is_empty)
    if root is None or len(entries) < len(path):
        return data
    holders = list(zip([root, *(entry.value for entry in entries)], entries, strict=False))
    depth = len(path) - 1
    while depth > 0 and undo.get(depth, "") is None and len(holders[depth][0].entries) == 1:
        depth -= 1
    holder, entry = holders[depth]
    if undo.get(depth, "") is None and NO_DOCUMENT in undo and len(holder.entries) == 1:
        start, end = _lines_of(text, entry)
        rest = text[:start] + text[end:]
        before = undo[NO_DOCUMENT] or ""
        return _checked(text, before if rest.strip() == before.strip() else rest, path, mark)
    parent = holders[depth - 1][1] if depth else None
    return _checked(text, _removed(text, holder, entry, parent=parent, before=undo.get(depth)), path, mark)


def _scan(text: str) -> YamlSpan | None:
    try:
        return spans_of(text)
    except NoSpans as fault:
        hint = "correct the file; gwctl edits only files that contain one YAML document"
        raise DocumentFault(f"the file is not YAML: {fault.reason}", hint, **place_in(text, fault.index)) from None


def _is_empty(span: YamlSpan) -> bool:
    return (span.kind in "{[" and not span.entries) or (span.kind == '"' and span.value is None)


def _plain(text: str, span: YamlSpan) -> Any:
    if span.kind == "{":
        return {entry.key: _plain(text, entry.value) for entry in span.entries}
    if span.kind == "[":
        return [_plain(text, entry.value) for entry in span.entries]
    return text[span.start : span.end] if span.kind == "*" else span.value


def _document(text: str, value: Any) -> str:
    """Return a new document with the value, after the comments in the text."""
    end = line_end_of(text)
    gap = "" if not text or text.endswith("\n") else end
    return text + gap + end.join(block(value)) + end


def _replaced(text: str, span: YamlSpan, entry: YamlEntry | None, value: Any) -> str:
    is_block, is_item = isinstance(value, dict | list) and bool(value), entry is None or entry.key_end == span.end
    was_block = span.kind in "{[" and not span.is_flow
    if _is_in_flow(text, span):
        return text[: span.start] + inline(value) + text[span.end :]
    if is_block and (was_block or is_item):
        return text[: span.start] + _joined(block(value), text, _column(text, span.start)) + text[span.end :]
    if is_item or entry is None:
        return text[: span.start] + inline(value) + text[span.end :]
    colon = _after_colon(text, entry)
    if not is_block:
        between = text[colon : span.start].rstrip() if was_block else ""
        return f"{text[:colon]} {inline(value)}{between}{text[span.end :]}"
    line = _line_end(text, span.end)
    column = _column(text, entry.start) + len(_STEP)
    lines = line_end_of(text) + " " * column + _joined(block(value), text, column)
    return text[:colon] + text[span.end : line] + lines + text[line:]


def _added(text: str, holder: YamlSpan, part: str | Selector, value: Any) -> str:
    """Return the text after adding an entry at the end of the container."""
    value = named(part, value)
    last = holder.entries[-1]
    if holder.is_flow:
        new = f"{inline(part)}: {inline(value)}" if isinstance(part, str) else inline(value)
        return f"{text[: last.value.end]}, {new}{text[last.value.end :]}"
    lines = block({part: value}) if isinstance(part, str) else _as_item(value)
    end, column = line_end_of(text), _column(text, holder.start)
    gap = end * (1 + _is_spaced(text, holder.entries))
    at = _line_end(text, last.value.end)
    return text[:at] + gap + " " * column + _joined(lines, text, column) + text[at:]


def _as_item(value: Any) -> list[str]:
    first, *rest = block(value)
    return ["- " + first, *("  " + line for line in rest)]


def _removed(text: str, holder: YamlSpan, entry: YamlEntry, *, parent: YamlEntry | None, before: str | None) -> str:
    """Return the text without the entry. If the container becomes empty, it gets back its former text `before`.

    If the former text is not known, `before` is None.
    """
    alone = len(holder.entries) == 1
    empty = "{}" if holder.kind == "{" else "[]"
    if alone and (holder.is_flow or parent is None):
        return text[: holder.start] + (empty if before is None else before) + text[holder.end :]
    if holder.is_flow:
        return _removed_in_line(text, holder, entry)
    start, end = _lines_of(text, entry)
    others = [other for other in holder.entries if other is not entry]
    if others and entry is holder.entries[-1] and _is_spaced(text, tuple(others)):
        start = len(text[:start].rstrip("\r\n")) if not text[_line_start(text, start) : start].strip() else start
    if not alone or parent is None:
        return text[:start] + text[end:]
    colon = _after_colon(text, parent)
    return text[:colon] + (f" {empty}" if before is None else before) + text[colon:start] + text[end:]


def _removed_in_line(text: str, holder: YamlSpan, entry: YamlEntry) -> str:
    position = holder.entries.index(entry)
    if position:
        return text[: holder.entries[position - 1].value.end] + text[entry.value.end :]
    return text[: entry.start] + text[holder.entries[1].start :]


def _lines_of(text: str, entry: YamlEntry) -> tuple[int, int]:
    """Return the positions where the lines of an entry in block style start and end.

    The start includes the line end before the entry.
    """
    first = _line_start(text, entry.start)
    if text[first : entry.start].strip(" -"):
        raise DocumentFault(
            "two values are on the same line", "write each value on a separate line", **place_in(text, entry.start)
        )
    line = _line_end(text, entry.value.end)
    if text[entry.value.end : line].strip():
        return entry.start, entry.value.end  # the user's comment follows on the same line
    if first == 0:
        after = text.find("\n", line)
        return 0, after + 1 if after >= 0 else len(text)
    return first - (2 if text[first - 2 : first] == "\r\n" else 1), line


def _is_spaced(text: str, entries: tuple[YamlEntry, ...]) -> bool:
    """Return whether a blank line separates the last two entries."""
    if len(entries) < 2:
        return False
    between = text[entries[-2].value.end : entries[-1].start].replace("\r", "")
    return "\n\n" in between.replace(" ", "")


def _is_in_flow(text: str, span: YamlSpan) -> bool:
    root = _scan(text)
    while root and not root.is_flow:
        inner = next(
            (entry.value for entry in root.entries if entry.value.start <= span.start <= entry.value.end), None
        )
        if inner is None or inner is root:
            return False
        root = inner
    return bool(root and root.start < span.start)


def _after_colon(text: str, entry: YamlEntry) -> int:
    return text.index(":", entry.key_end) + 1


def _column(text: str, at: int) -> int:
    return at - _line_start(text, at)


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _line_end(text: str, at: int) -> int:
    """Return the position where the line ends. The line end itself is not included."""
    end = text.find("\n", at)
    end = end if end >= 0 else len(text)
    return end - 1 if text[end - 1 : end] == "\r" and end > at else end


def _joined(lines: list[str], text: str, column: int) -> str:
    return (line_end_of(text) + " " * column).join(lines)


def _checked(before: str, after: str, path: Path, mark: str) -> bytes:
    """Return the changed document. Raise `DocumentFault` if the edit would change any other value."""
    if _foreign(before, path) != _foreign(after, path):
        if not before.endswith("\n"):
            raise DocumentFault("the last line of the file has no line end", "add a line end to the file")
        raise DocumentFault("the file cannot be edited without a change to another value", "edit the file by hand")
    return (mark + after).encode()


def _foreign(text: str, path: Path) -> list[str]:
    """Return all names and scalars of the document except the value at the path, in order and as written.

    If a container has only this value, the container is left out too.
    """
    found: list[str] = []
    root = _scan(text)
    if root:
        _add_others(found, text, root, path)
    return found


def _add_others(found: list[str], text: str, span: YamlSpan, path: Path) -> None:
    if span.kind in '"*':
        found.append("" if path and span.value is None else f"{text[span.start : span.end]}\n{span.value!r}")
        return
    for entry in span.entries:
        on_path = bool(path) and is_named(entry, path[0])
        if on_path and len(path) == 1:
            continue  # the value itself
        before = len(found)
        found.append(span.kind + text[entry.start : entry.key_end])
        _add_others(found, text, entry.value, path[1:] if on_path else ())
        if on_path and not any(found[before + 1 :]):
            del found[before:]  # a container with only the value
