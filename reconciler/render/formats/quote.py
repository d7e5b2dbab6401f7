"""A line of a file with a mark under the fault. A long line is cut to the width of a terminal."""

from __future__ import annotations

from collections.abc import Callable

from reconciler.render.tree import Quote
from reconciler.text import printable

Width = Callable[[str], int]
USUAL_ROOM = 80  # columns, where the width is not known
_LEAST = 20
_CUT = "…"


def quote_lines(quote: Quote, indent: int, room: int, width: Width) -> tuple[str, str]:
    """Return two lines: the quoted line after its number, and a line with `^` under each column of the fault."""
    gutter = f"{quote.number} | "
    room = max(room - indent - len(gutter), _LEAST)
    shown = [printable(character) for character in quote.text]
    start, end = _window([width(part) for part in shown], quote.start, room)
    before, fault = shown[start : quote.start], shown[quote.start : min(quote.end, end)]
    opening, closing = _CUT * (start > 0), _CUT * (end < len(shown))
    missing = max(quote.start - len(shown), 0)  # the fault is after the end of the line
    column = width(opening + "".join(before)) + missing
    marks = "^" * max(width("".join(fault)), 1)
    text = f"{' ' * indent}{gutter}{opening}{''.join(shown[start:end])}{closing}".rstrip()
    return text, f"{' ' * (indent + len(gutter) - 2)}| {' ' * column}{marks}"


def _window(cells: list[int], fault: int, room: int) -> tuple[int, int]:
    """Return the start and the end of the characters around the fault that fit in `room` columns.

    `cells` is the width of each character in columns.
    """
    if sum(cells) <= room:
        return 0, len(cells)
    room -= 2 * len(_CUT)
    start = min(fault, len(cells))
    taken, before = 0, 0
    while start > 0 and before + cells[start - 1] <= room // 2:
        start -= 1
        before += cells[start]
    end, taken = min(fault, len(cells)), before
    while end < len(cells) and taken + cells[end] <= room:
        taken += cells[end]
        end += 1
    while start > 0 and taken + cells[start - 1] <= room:
        start -= 1
        taken += cells[start]
    return start, end
