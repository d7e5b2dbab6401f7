"""Edits of a dotenv file, which has lines of the form `NAME=value`. A path is the name of one variable.

Programs that read such files differ on escapes, `$`, `#` and line breaks. gwctl writes only values that all such
programs read in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field

from reconciler.documents.edit import MISSING, DocumentFault, Edit, NoValue, Path, line_end_of, place_in, text_of
from reconciler.values import dataclass

_NOTHING: Mapping[int, str | None] = {}
# Every dotenv reader returns these characters unchanged; most need single quotes around the others.
_PLAIN = re.compile(r"[A-Za-z0-9_./:@%+,-]+")
_MANGLED = re.compile(r"['$\\\x00-\x1f\x7f\x85\u2028\u2029]")
_LINE = re.compile(
    r"""(?:^|(?<=\n))[ \t]*(?:export[ \t]+)?(?P<name>[A-Za-z_][A-Za-z0-9_.]*)[ \t]*=[ \t]*
    (?P<value>"(?:[^"\\]|\\.)*"|'[^']*'|[^\r\n]*?(?=[ \t]+\#|[ \t]*\r?(?:\n|\Z)))""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, kw_only=True)
class _Line:
    start: int
    value_start: int
    value_end: int


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """A variable in a dotenv file. `value_start` is the position of the value in the text after the byte order mark."""

    name: str
    value: str = field(repr=False)  # it may be a key
    value_start: int


def assignments(data: bytes) -> Iterator[Assignment]:
    """Yield all variables of the file in order. The values have no quotes.

    Raise `DocumentFault` if the document is not valid.
    """
    text = text_of(data)[1]
    for match in _LINE.finditer(text):
        yield Assignment(name=match["name"], value=_unquoted(match["value"]), value_start=match.start("value"))


def quoted(name: str, value: str) -> str:
    """Return the value, in quotes if they are needed.

    Raise ValueError(name) if some dotenv readers would change the value.
    """
    if _PLAIN.fullmatch(value):
        return value
    if _MANGLED.search(value):  # readers disagree on escapes and on ${NAME}
        raise ValueError(name)
    return f"'{value}'"


def value_at(data: bytes, path: Path) -> str | NoValue:
    """Return the value of the variable, without quotes. Return `MISSING` if the file does not set the variable.

    Raise `DocumentFault` if the document is not valid.
    """
    text = text_of(data)[1]
    line = _line(text, path)
    if line is None:
        return MISSING
    return _unquoted(text[line.value_start : line.value_end])


def with_value(data: bytes, path: Path, value: str) -> Edit:
    """Return the document with this value for the variable. A new variable is added as the last line.

    `undo[0]` is the line end that the edit added to the previous line. Raise `DocumentFault` if a safe edit is not
    possible.
    """
    mark, text = text_of(data)
    name, line, end = str(path[0]), _line(text, path), line_end_of(text)
    try:
        written = quoted(name, value)
    except ValueError:
        reason = f"the value of {name} cannot be written in a way that all dotenv readers understand"
        raise DocumentFault(reason, "choose a value without quotes, `$` and backslashes") from None
    if line:
        return Edit(data=(mark + text[: line.value_start] + written + text[line.value_end :]).encode())
    gap = end if text and not text.endswith("\n") else ""
    return Edit(data=(mark + text + gap + f"{name}={written}{end}").encode(), undo={0: gap})


def without(data: bytes, path: Path, undo: Mapping[int, str | None] = _NOTHING) -> bytes:
    """Return the document without the variable. Raise `DocumentFault` if a safe edit is not possible."""
    mark, text = text_of(data)
    line = _line(text, path)
    if line is None:
        return data
    end = text.find("\n", line.value_end)
    end = end + 1 if end >= 0 else len(text)
    if text[line.value_end : end].strip():
        end = line.value_end  # the user's comment follows on the same line
    start, gap = line.start, undo.get(0) or ""
    start -= len(gap) if end == len(text) and gap and text[:start].endswith(gap) else 0
    return (mark + text[:start] + text[end:]).encode()


def _unquoted(value: str) -> str:
    is_quoted = len(value) > 1 and value[0] in ("'", '"') and value[-1] == value[0]
    return value[1:-1] if is_quoted else value


def _line(text: str, path: Path) -> _Line | None:
    """Return the line that sets the variable. If no line sets the variable, return None.

    Raise `DocumentFault` if two lines set the variable.
    """
    matches = [match for match in _LINE.finditer(text) if match["name"] == path[0]]
    if len(matches) > 1:
        place = place_in(text, matches[1].start("name"))
        raise DocumentFault(f"`{path[0]}` is set twice", "remove one of the two lines", **place)
    if not matches:
        return None
    match = matches[0]
    return _Line(start=match.start(), value_start=match.start("value"), value_end=match.end("value"))
