"""Edits of TOML. An edit replaces, adds or removes a key at the top level, or a table.

A path is the name of a key at the top level, or the names of a table. The standard library reads TOML, but does not
write TOML. Libraries that write TOML lose the byte order mark and mix line ends.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from reconciler import safe_json
from reconciler.documents.edit import (
    MISSING,
    DocumentFault,
    Edit,
    NoValue,
    Path,
    line_end_of,
    place_in,
    text_of,
)
from reconciler.documents.toml_tree import Statement, comments_of, statements_of, values_of

_NOTHING: Mapping[int, str | None] = {}
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def value_at(data: bytes, path: Path) -> Any | NoValue:
    """Return the value at the path. If the document has no such value, return `MISSING`.

    Raise `DocumentFault` if the document is not valid.
    """
    return deepcopy(_found(text_of(data)[1], path))


def with_value(data: bytes, path: Path, value: Any) -> Edit:
    """Return the document with this value at the path.

    A new table is added at the end of the document. A new key is added after the keys at the top level. `undo[0]` is
    the text that the edit added before the new value. Raise `DocumentFault` if a safe edit is not possible.
    """
    mark, text = text_of(data)
    values_of(text)
    names, statements = _names(path), statements_of(text)
    if isinstance(value, dict):
        changed, gap = _with_table(text, statements, names, value)
    else:
        changed, gap = _with_key(text, statements, names, value)
    return Edit(data=_checked(text, changed, names, mark), undo={} if gap is None else {0: gap})


def without(data: bytes, path: Path, undo: Mapping[int, str | None] = _NOTHING) -> bytes:
    """Return the document without the value at the path.

    The text that an earlier edit added before the value is removed too.

    Raise `DocumentFault` if a safe edit is not possible.
    """
    mark, text = text_of(data)
    values_of(text)
    names = _names(path)
    if _found(text, path) is MISSING:
        return data
    statements = statements_of(text)
    own = _own(text, statements, names)
    start, end = own[0].start, _line_end(text, own[-1].end)
    gap = undo.get(0) or ""
    start -= len(gap) if gap and text[:start].endswith(gap) else 0
    rest = text[end:]
    joined = rest and text[:start] and not text[:start].endswith("\n")
    return _checked(text, text[:start] + (line_end_of(text) if joined else "") + rest, names, mark)


def _found(text: str, path: Path) -> Any | NoValue:
    """Return the value at the path as it is shared between callers."""
    value: Any = values_of(text)
    for part in path:
        if not isinstance(value, dict) or part not in value:
            return MISSING
        value = value[part]
    return value


def _names(path: Path) -> tuple[str, ...]:
    if not all(isinstance(part, str) for part in path):
        raise AssertionError("a path in a TOML file can contain only names, not selectors")
    return tuple(str(part) for part in path)


def _with_table(
    text: str, statements: tuple[Statement, ...], path: tuple[str, ...], value: Any
) -> tuple[str, str | None]:
    end = line_end_of(text)
    lines = end.join(_table(path, value)) + end
    if _found(text, path) is not MISSING:
        own = _own(text, statements, path)
        return text[: own[0].start] + lines + text[_line_end(text, own[-1].end) :], None
    gap = "" if not text else end if text.endswith("\n") else end + end
    return text + gap + lines, gap


def _with_key(
    text: str, statements: tuple[Statement, ...], path: tuple[str, ...], value: Any
) -> tuple[str, str | None]:
    if len(path) != 1:
        raise AssertionError("a single key must be at the top level of the file")
    own = next((each for each in statements if (each.table, each.key) == ((), path)), None)
    if own:
        return text[: own.value] + _literal(value) + text[own.end :], None
    if _found(text, path) is not MISSING:
        raise _foreign_form(text, statements, path)
    line, end = f"{_name(path[0])} = {_literal(value)}", line_end_of(text)
    root = [each for each in statements if not each.table and each.key]
    at = text.find("\n", root[-1].end) + 1 or len(text) if root else 0
    gap = "" if not text[:at] or text[:at].endswith("\n") else end
    return text[:at] + gap + line + end + text[at:], gap


def _own(text: str, statements: tuple[Statement, ...], path: tuple[str, ...]) -> list[Statement]:
    """Return the statements that set the value at the path. These statements must follow one another."""
    numbers = [number for number, each in enumerate(statements) if (each.table + each.key)[: len(path)] == path]
    if not numbers or numbers != list(range(numbers[0], numbers[-1] + 1)):
        raise _foreign_form(text, statements, path)
    first = statements[numbers[0]]
    is_table = not first.key and first.table == path and not first.is_array
    if not is_table and (first.table, first.key) != ((), path):
        raise _foreign_form(text, statements, path)
    return [statements[number] for number in numbers]


def _foreign_form(text: str, statements: tuple[Statement, ...], path: tuple[str, ...]) -> DocumentFault:
    names = [each for each in statements if (each.table + each.key)[:1] == path[:1]]
    place = place_in(text, names[0].start) if names else {"line": 0, "column": 0}
    header = f"[{'.'.join(map(_name, path))}]"
    return DocumentFault(
        f"`{'.'.join(path)}` is not written as one table",
        f"write the table as {header}, with the keys of the table below the header",
        **place,
    )


def _line_end(text: str, at: int) -> int:
    """Return the position after the line end of a statement.

    A user's comment on the line does not belong to the statement.
    """
    end = text.find("\n", at)
    end = end + 1 if end >= 0 else len(text)
    return at if text[at:end].strip() else end


def _table(path: tuple[str, ...], value: Mapping[str, Any]) -> list[str]:
    """Return the lines of a table: first the table's keys, then the tables inside."""
    inner = {name: item for name, item in value.items() if isinstance(item, dict)}
    keys = [f"{_name(name)} = {_literal(item)}" for name, item in value.items() if name not in inner]
    lines = [f"[{'.'.join(map(_name, path))}]", *keys]
    for name, item in inner.items():
        lines += ["", *_table((*path, name), item)]
    return lines


def _name(name: str) -> str:
    return name if _BARE.fullmatch(name) else _literal(name)


def _literal(value: Any) -> str:
    """Return a value as TOML on one line. Text becomes a basic string with the escapes of JSON."""
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_name(name)} = {_literal(item)}" for name, item in value.items()) + "}"
    return safe_json.dumps(value, indent=None)[:-1] if isinstance(value, str) else json.dumps(value)


def _checked(before: str, after: str, path: tuple[str, ...], mark: str) -> bytes:
    """Return the changed document. Raise `DocumentFault` if the edit would change any other value."""
    if _foreign(before, path) != _foreign(after, path) or comments_of(before) != comments_of(after):
        raise DocumentFault("the file cannot be edited without a change to another value", "edit the file by hand")
    return (mark + after).encode()


def _foreign(text: str, path: tuple[str, ...]) -> dict[str, Any]:
    """Return the values of the document except the value at the path. A table without other values is left out."""
    root = dict(values_of(text))
    holders = [root]
    for name in path[:-1]:
        inner = holders[-1].get(name)
        if not isinstance(inner, dict):
            return root
        holders[-1][name] = dict(inner)
        holders.append(holders[-1][name])
    holders[-1].pop(path[-1], None)
    for holder, name in zip(reversed(holders[:-1]), reversed(path[:-1]), strict=True):
        if not holder[name]:
            del holder[name]
    return root
