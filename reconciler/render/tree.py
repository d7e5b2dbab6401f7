"""The neutral tree of a document, which contains no syntax and no colours of a format."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from reconciler.values import dataclass

Role = Literal[
    "plain",
    "strong",
    "dim",
    "typed",  # text that the user types, such as a command; hardly ever shortened
    "code",
    "name",  # the subject of the line; lines that differ only in the name may be joined
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
    """A piece of text with one role. The text can contain any characters, because every format escapes them."""

    text: str
    role: Role = "plain"


@dataclass(frozen=True)
class AttributeDiff:
    """One attribute before and after a change. The value is None if the resource does not have the attribute."""

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Facets:
    """The properties by which a reader can filter lines."""

    action: str
    cause: str
    endpoint: str


@dataclass(frozen=True)
class Quote:
    """A line of a file. The characters from `start` to before `end` are marked as the fault."""

    number: int
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Line:
    """A line of spans, with the lines and attribute differences that are nested under the line.

    The text for a terminal has the quote below the line. The other formats leave out the quote.
    """

    spans: tuple[Span, ...]
    under: tuple[Line | AttributeDiff, ...] = ()
    facets: Facets | None = None
    quote: Quote | None = None


@dataclass(frozen=True)
class Table:
    """A table: rows of cells under a header."""

    header: tuple[str, ...]
    rows: tuple[tuple[Span, ...], ...]
    numbers: frozenset[int] = frozenset()  # columns that a format may align on the right
    spare: tuple[int, ...] = ()  # columns that may be dropped to save room, in this order


@dataclass(frozen=True)
class Group:
    """A group of lines under a title. A folded group shows only its title until the reader opens the group."""

    title: tuple[Span, ...]
    lines: tuple[Line, ...]
    folded: bool = False


@dataclass(frozen=True)
class Mark:
    """A hidden text by which a program finds the document. A format that cannot hide text leaves out the mark."""

    text: str


Block = Line | Table | Group | Mark


@dataclass(frozen=True)
class Section:
    """A section of blocks under a title. The title of the first section is the title of the document.

    A section with `whole` is never folded. It is cut only if its shortest form does not fit. A notice at the top of the
    document then has the number of missing items, and the word `noun` for an item.
    """

    blocks: tuple[Block, ...]
    title: tuple[Span, ...] = ()
    whole: bool = False
    noun: str = "line"


Document = tuple[Section, ...]


def spans(*parts: Span | str) -> tuple[Span, ...]:
    """Return the spans that have text. A string becomes a plain span."""
    all_spans = (Span(part) if isinstance(part, str) else part for part in parts)
    return tuple(span for span in all_spans if span.text)


def line(
    *parts: Span | str,
    under: Iterable[Line | AttributeDiff] = (),
    facets: Facets | None = None,
    quote: Quote | None = None,
) -> Line:
    """Return a line of spans. A string becomes a plain span."""
    return Line(spans(*parts), tuple(under), facets, quote)


def section(*blocks: Block, title: str | tuple[Span, ...] = (), whole: bool = False, noun: str = "line") -> Section:
    """Return a section of these blocks."""
    return Section(blocks, spans(title) if isinstance(title, str) else title, whole, noun)


def document(*sections: Section) -> Document:
    """Return a document of the sections that have blocks."""
    return tuple(section for section in sections if section.blocks)
