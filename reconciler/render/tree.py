"""The neutral tree: what is to be shown, free of any format's syntax and colours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Role = Literal[
    "plain",
    "strong",
    "dim",
    "code",
    "create",
    "update",
    "delete",
    "forget",
    "held",
    "error",
    "warning",
    "note",
    "good",
]


@dataclass(frozen=True)
class Span:
    """A piece of text with one role; it may hold anything, a renderer makes it safe."""

    text: str
    role: Role = "plain"


@dataclass(frozen=True)
class Line:
    """A line, and the lines that belong under it."""

    spans: tuple[Span, ...]
    under: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Table:
    """Rows of cells under a header; columns are as wide as their widest cell."""

    header: tuple[str, ...]
    rows: tuple[tuple[Span, ...], ...]


@dataclass(frozen=True)
class Section:
    """Blocks that are set apart from the next section."""

    blocks: tuple[Line | Table, ...]


Document = tuple[Section, ...]


def line(*parts: Span | str, under: Iterable[Line] = ()) -> Line:
    """A line of spans; bare strings are plain ones."""
    spans = tuple(Span(part) if isinstance(part, str) else part for part in parts)
    return Line(tuple(span for span in spans if span.text), tuple(under))


def section(*blocks: Line | Table) -> Section:
    """A section of these blocks."""
    return Section(blocks)


def document(*sections: Section) -> Document:
    """The sections that have something in them."""
    return tuple(found for found in sections if found.blocks)
