"""The path of a value in a user's document, the result of an edit, and the fault of a refused edit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import Enum
from typing import Any, Final

from reconciler.errors import GatewayError
from reconciler.values import dataclass

Selector = tuple[tuple[str, str], ...]  # the fields that identify one object of a list
Path = tuple[str | Selector, ...]


class NoValue(Enum):
    """The result of looking up a path that the document does not have."""

    MISSING = "missing"


MISSING: Final = NoValue.MISSING
NO_DOCUMENT: Final = -1  # the depth that stands for a document without a value; its text can have comments


@dataclass(frozen=True, kw_only=True)
class Edit:
    """The result of an edit: the changed document, and what a later removal must restore.

    `undo` is {depth: former text} for containers on the path. The former text is the text between the brackets of an
    empty container. If the edit created the container, the former text is None. The outermost container has depth 0.
    """

    data: bytes
    undo: Mapping[int, str | None] = field(default_factory=dict)


class DocumentFault(GatewayError):
    """The fault of a document that cannot be edited safely. `line` and `column` count from 1.

    If the position is not known, both are 0.
    """

    def __init__(self, reason: str, hint: str = "", *, line: int = 0, column: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint
        self.line = line
        self.column = column


def text_of(data: bytes) -> tuple[str, str]:
    """Return the byte order mark of a document, and the text after the mark."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        raise DocumentFault("the file is not UTF-8 text", "save the file as UTF-8", line=line, column=1) from None
    return ("\ufeff", text[1:]) if text.startswith("\ufeff") else ("", text)


def line_end_of(text: str) -> str:
    r"""Return the first line end in the text. A text of one line gives "\n"."""
    first = text.find("\n")
    return "\r\n" if first > 0 and text[first - 1] == "\r" else "\n"


def place_in(text: str, at: int) -> dict[str, int]:
    """Return {line, column} for a position in the text."""
    return {"line": text.count("\n", 0, at) + 1, "column": at - text.rfind("\n", 0, at)}


def nested(path: Path, value: Any) -> Any:
    """Return the value inside the objects and lists that the path names."""
    for part in reversed(path):
        value = {part: value} if isinstance(part, str) else [named(part, value)]
    return value


def named(part: str | Selector, value: Any) -> Any:
    """Return the value with the fields of the selector. These fields identify an object in a list."""
    return value if isinstance(part, str) else dict(part) | value


def shown(part: str | Selector) -> str:
    """Return a part of a document's path as text for a message."""
    return f"`{part}`" if isinstance(part, str) else " ".join(f"`{name}: {value}`" for name, value in part)
