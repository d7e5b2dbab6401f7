"""The layout of a table in a terminal. Long cells are wrapped between words, and optional columns are left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest

from reconciler.values import dataclass

Row = tuple[str, ...]
Width = Callable[[str], int]
GAP = 2
_TEMPLATE = re.compile(r"://.*\{")
_AFTER_SLASH = re.compile(r"(?<=[^/:]/)")


@dataclass(frozen=True)
class Layout:
    """The shown columns of a table and their widths.

    If `stacked` is true, the columns do not fit, and each cell is on a line by itself.
    """

    shown: tuple[int, ...]
    widths: tuple[int, ...]
    stacked: bool = False


def lay_out(rows: Sequence[Row], spare: Sequence[int], room: int | None, width: Width) -> Layout:
    """Return the layout of a table for a terminal with `room` columns.

    If the table does not fit, the columns in `spare` are left out one after the other.
    """
    columns = list(zip_longest(*rows, fillvalue=""))
    natural = [max(map(width, cells)) for cells in columns]
    shown = list(range(len(columns)))
    if room is None or _total(natural, shown) <= room:
        return Layout(tuple(shown), tuple(natural))
    least = [max((width(piece) for cell in cells for piece, _ in _pieces(cell)), default=0) for cells in columns]
    for column in spare:
        if _total(least, shown) > room:
            shown.remove(column)
    if _total(least, shown) > room:
        return Layout(tuple(range(len(columns))), (), stacked=True)
    return Layout(tuple(shown), tuple(_shrunk(natural, least, shown, room)))


def _total(widths: Sequence[int], shown: Sequence[int]) -> int:
    return sum(widths[at] for at in shown) + GAP * (len(shown) - 1)


def _shrunk(natural: Sequence[int], least: Sequence[int], shown: Sequence[int], room: int) -> Iterator[int]:
    """Return the widths of the shown columns.

    The widest column is narrowed first. No column becomes narrower than its longest word.
    """
    widths = {at: natural[at] for at in shown}
    while sum(widths.values()) + GAP * (len(shown) - 1) > room:
        at = max((at for at in shown if widths[at] > least[at]), key=lambda column: widths[column])
        widths[at] -= 1
    return (widths[at] for at in shown)


def fold(text: str, room: int, width: Width) -> list[str]:
    """Return the text as lines of at most `room` columns. A word that is longer than `room` gets a line to itself."""
    if width(text) <= room:
        return [text]
    lines = [""]
    for piece, glue in _pieces(text):
        longer = f"{lines[-1]}{glue}{piece}".lstrip()
        if lines[-1] and width(longer) > room:
            lines.append(piece)
        else:
            lines[-1] = longer
    return lines


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Yield each piece of a text with the separator before the piece. A line may break between two pieces.

    A piece is a word, or a part of a URL template. Any other URL stays whole, so that a reader can copy the URL.
    """
    for word in text.split():
        parts = _AFTER_SLASH.split(word) if _TEMPLATE.search(word) else [word]
        yield from ((part, "" if at else " ") for at, part in enumerate(parts))
