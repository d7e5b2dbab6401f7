"""A document as text for a terminal or a log. The text cannot send control sequences to the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, zip_longest

from reconciler.render.formats.columns import fold, lay_out
from reconciler.render.formats.quote import USUAL_ROOM, quote_lines
from reconciler.render.formats.wrap import LATER, Range, line_ranges, margin
from reconciler.render.phrases import value
from reconciler.render.tree import AttributeDiff, Block, Document, Group, Line, Role, Section, Span, Table, line
from reconciler.text import printable

# SGR codes (ECMA-48). Colour never carries meaning alone: every role also has a sign or a word.
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
_LONGEST = 300  # characters of one span
_LONGEST_TYPED = 1000  # characters of a span that the user types


def to_plain(document: Document) -> str:
    """Return the document as text for a screen reader.

    A row of a table becomes one line with the titles of the columns. A change begins with a word. No line is folded.
    """
    from reconciler.render.formats.plain import plain

    return to_text(plain(document))


def to_text(document: Document, colour: bool = False, width: int | None = None, folds: bool = False) -> str:
    """Return the document as text. The text ends with a newline unless it is empty.

    If `width` is given, tables fit this number of columns. With `folds`, every line is folded between words to fit
    `width`. A command is never folded, and a long command gets its own line.
    """
    room = width if folds else None
    parts = ["\n".join(_section(section, colour, width, room)) for section in document]
    return "\n\n".join(parts) + "\n" if parts else ""


def _section(section: Section, colour: bool, width: int | None, room: int | None) -> Iterator[str]:
    if section.title:
        title = (Span(span.text, "strong") if span.role == "plain" else span for span in section.title)
        yield from _folded(title, 0, colour, room)
    for block in section.blocks:
        yield from _table(block, colour, width) if isinstance(block, Table) else _block(block, colour, room)


def _block(block: Block, colour: bool, room: int | None) -> Iterator[str]:
    if isinstance(block, Group):
        yield from _lines(Line(block.title, block.lines), 0, colour, room)
    elif isinstance(block, Line):
        yield from _lines(block, 0, colour, room)


def _lines(line: Line, depth: int, colour: bool, room: int | None) -> Iterator[str]:
    yield from _folded(line.spans, depth, colour, room)
    if line.quote is not None:
        number, marks = quote_lines(line.quote, 2 * depth + LATER, room or USUAL_ROOM, _width)
        yield _painted(number, "dim", colour)
        yield _painted(marks, "error", colour)
    for below in line.under:
        yield from _lines(_differing(below) if isinstance(below, AttributeDiff) else below, depth + 1, colour, room)


def _folded(spans: Iterable[Span], depth: int, colour: bool, room: int | None) -> Iterator[str]:
    """Yield the line, folded between words to `room` columns. If `room` is None, yield the line without folds."""
    if room is None:
        yield ("  " * depth + "".join(_span(span, colour) for span in spans)).rstrip()
        return
    shown = [Span("  " * depth), *(Span(_shown(span), span.role) for span in spans)]
    text = "".join(span.text for span in shown).rstrip()
    if _width(text) <= room:
        yield "".join(_span(span, colour) for span in shown).rstrip()
        return
    ends = list(accumulate(len(span.text) for span in shown))
    places = list(zip([0, *ends], ends, shown, strict=False))
    indent = margin(text) + LATER
    typed = [(start, end) for start, end, span in places if span.role == "typed"]
    for number, part in enumerate(line_ranges(text, typed, room, _width, indent)):
        cut = "".join(_span(span, colour) for span in _cut(places, part))
        yield f"{' ' * indent if number else ''}{cut}"


def _cut(places: Iterable[tuple[int, int, Span]], part: Range) -> Iterator[Span]:
    """Yield the spans of one part of a line."""
    for start, end, span in places:
        first, last = max(start, part[0]), min(end, part[1])
        if first < last:
            yield Span(span.text[first - start : last - start], span.role)


def _differing(attribute_diff: AttributeDiff) -> Line:
    return line(
        Span(f"{attribute_diff.path}: ", "dim"), f"{value(attribute_diff.before)} → {value(attribute_diff.after)}"
    )


def _shown(span: Span) -> str:
    return printable(span.text, _LONGEST_TYPED if span.role == "typed" else _LONGEST)


def _span(span: Span, colour: bool) -> str:
    return _painted(_shown(span), span.role, colour)


def _painted(shown: str, role: Role, colour: bool) -> str:
    code = _COLOURS.get(role) if colour else None
    return f"\x1b[{code}m{shown}\x1b[0m" if code else shown


def _table(table: Table, colour: bool, room: int | None) -> Iterator[str]:
    rows = [tuple(Span(title, "strong") for title in table.header), *table.rows]
    shown = [tuple(printable(span.text, _LONGEST) for span in row) for row in rows]
    layout = lay_out(shown, table.spare, room, _width)
    if layout.stacked:
        yield from _stacked(table, colour, room or 0)
        return
    for row in rows:
        yield from _row([row[at] if at < len(row) else Span("") for at in layout.shown], layout.widths, colour)


def _row(row: Sequence[Span], widths: Sequence[int], colour: bool) -> Iterator[str]:
    """Yield the lines of one row of a table. The longest cell determines the number of lines."""
    cells = [fold(printable(span.text, _LONGEST), width, _width) for span, width in zip(row, widths, strict=True)]
    for lines in zip_longest(*cells, fillvalue=""):
        parts = zip(lines, row, widths, strict=True)
        yield "  ".join(_padded(Span(text, span.role), width, colour) for text, span, width in parts).rstrip()


def _stacked(table: Table, colour: bool, room: int) -> Iterator[str]:
    """Yield each cell of a table on a separate line, after the title of its column."""
    for first, *others in table.rows:
        yield _span(first, colour)
        for title, span in zip(table.header[1:], others, strict=False):
            words = f"{title.lower()}: {span.text}" if title else span.text
            folded = fold(printable(words, _LONGEST), room - 4, _width) if span.text else []
            yield from (
                f"{'    ' if number else '  '}{_span(Span(text), colour)}" for number, text in enumerate(folded)
            )


def _width(shown: str) -> int:
    if shown.isascii():
        return len(shown)
    from rich.cells import cell_len

    return cell_len(shown)


def _padded(span: Span, width: int, colour: bool) -> str:
    shown = _span(span, colour) if span.text else ""
    return shown + " " * (width - _width(printable(span.text, _LONGEST)))
