"""The tree as text for a terminal or a log; nothing in it can drive the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from reconciler.render.tree import Block, Differs, Document, Group, Line, Mark, Role, Section, Span, Table, line
from reconciler.render.words import value
from reconciler.text import printable

# SGR codes, ECMA-48; colour never carries meaning alone: every role has its sign or word as well.
_COLOURS: dict[Role, str] = {
    "strong": "1",
    "dim": "2",
    "code": "36",
    "name": "36",
    "create": "32",
    "update": "33",
    "delete": "31",
    "forget": "35",
    "held": "33",
    "error": "1;31",
    "warning": "1;33",
    "note": "34",
    "good": "32",
}
_LONGEST = 300


def to_text(document: Document, colour: bool = False) -> str:
    """The whole document; ends with a newline unless it is empty."""
    parts = ["\n".join(_section(found, colour)) for found in document]
    return "\n\n".join(parts) + "\n" if parts else ""


def _section(found: Section, colour: bool) -> Iterator[str]:
    if found.title:
        title = (Span(span.text, "strong") if span.role == "plain" else span for span in found.title)
        yield "".join(_span(span, colour) for span in title)
    for block in found.blocks:
        yield from _block(block, colour)


def _block(found: Block, colour: bool) -> Iterator[str]:
    if isinstance(found, Table):
        yield from _table(found, colour)
    elif isinstance(found, Group):
        yield from _lines(Line(found.title, found.lines), 0, colour)
    elif not isinstance(found, Mark):
        yield from _lines(found, 0, colour)


def _lines(found: Line, depth: int, colour: bool) -> Iterator[str]:
    yield "  " * depth + "".join(_span(span, colour) for span in found.spans).rstrip()
    for each in found.under:
        yield from _lines(_differing(each) if isinstance(each, Differs) else each, depth + 1, colour)


def _differing(found: Differs) -> Line:
    return line(Span(f"{found.path}: ", "dim"), f"{value(found.before)} → {value(found.after)}")


def _span(span: Span, colour: bool) -> str:
    shown = printable(span.text, _LONGEST)
    code = _COLOURS.get(span.role) if colour else None
    return f"\x1b[{code}m{shown}\x1b[0m" if code else shown


def _table(table: Table, colour: bool) -> Iterator[str]:
    rows = [tuple(Span(title, "strong") for title in table.header), *table.rows]
    widths = [max(map(_width, column)) for column in zip_longest(*rows, fillvalue=Span(""))]
    for row in rows:
        yield "  ".join(_padded(span, width, colour) for span, width in zip(row, widths, strict=False)).rstrip()


def _width(span: Span) -> int:
    shown = printable(span.text, _LONGEST)
    if shown.isascii():
        return len(shown)
    from rich.cells import cell_len

    return cell_len(shown)


def _padded(span: Span, width: int, colour: bool) -> str:
    return _span(span, colour) + " " * (width - _width(span))
