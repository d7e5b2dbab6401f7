"""The neutral tree: what is to be shown, free of any format's syntax and colours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Role = Literal[
    "plain",
    "strong",
    "dim",
    "typed",  # to be typed: whole, for half a command is none
    "code",
    "name",  # what the line is about; lines that are otherwise alike may be joined, name by name
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
class AttributeDiff:
    """One attribute on both sides; None where there is none."""

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Facets:
    """The properties by which a reader may filter a line."""

    action: str
    cause: str
    endpoint: str


@dataclass(frozen=True)
class Line:
    """A line, and what belongs under it."""

    spans: tuple[Span, ...]
    under: tuple[Line | AttributeDiff, ...] = ()
    facets: Facets | None = None


@dataclass(frozen=True)
class Table:
    """Rows of cells under a header; columns are as wide as their widest cell."""

    header: tuple[str, ...]
    rows: tuple[tuple[Span, ...], ...]
    numbers: frozenset[int] = frozenset()  # columns that read better on the right, where a format can
    spare: tuple[int, ...] = ()  # columns that may go where there is no room for all, the first one first


@dataclass(frozen=True)
class Group:
    """Lines under a title; a folded one shows only its title at first, where a format can."""

    title: tuple[Span, ...]
    lines: tuple[Line, ...]
    folded: bool = False


@dataclass(frozen=True)
class Mark:
    """Nothing to a reader; a program finds the document by it, where a format can hide it."""

    text: str


Block = Line | Table | Group | Mark


@dataclass(frozen=True)
class Section:
    """Blocks that are set apart from the next section; the title of the first is the document's.

    `whole` is a promise to the reader: never folded, and cut only where it can be no shorter, which is said
    at the top with `noun`.
    """

    blocks: tuple[Block, ...]
    title: tuple[Span, ...] = ()
    whole: bool = False
    noun: str = "line"


Document = tuple[Section, ...]


def spans(*parts: Span | str) -> tuple[Span, ...]:
    """Return the spans that have text; bare strings become plain ones."""
    all_spans = (Span(part) if isinstance(part, str) else part for part in parts)
    return tuple(span for span in all_spans if span.text)


def line(*parts: Span | str, under: Iterable[Line | AttributeDiff] = (), facets: Facets | None = None) -> Line:
    """A line of spans; bare strings are plain ones."""
    return Line(spans(*parts), tuple(under), facets)


def section(*blocks: Block, title: str | tuple[Span, ...] = (), whole: bool = False, noun: str = "line") -> Section:
    """A section of these blocks."""
    return Section(blocks, spans(title) if isinstance(title, str) else title, whole, noun)


def document(*sections: Section) -> Document:
    """The sections that have something in them."""
    return tuple(section for section in sections if section.blocks)
