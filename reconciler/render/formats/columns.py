"""The layout of a table in a terminal: long cells fold between words, spare columns are dropped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

Row = tuple[str, ...]
Width = Callable[[str], int]
GAP = 2
_TEMPLATE = re.compile(r"://.*\{")
_AFTER_SLASH = re.compile(r"(?<=[^/:]/)")


@dataclass(frozen=True)
class Layout:
    """The shown columns and their widths; `stacked` puts each cell on its own line where nothing fits."""

    shown: tuple[int, ...]
    widths: tuple[int, ...]
    stacked: bool = False


def lay_out(rows: Sequence[Row], spare: Sequence[int], room: int | None, width: Width) -> Layout:
    """Return the layout; `spare` are the columns that may be dropped, the first one first."""
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
    """The widest give way first, none below its longest word."""
    widths = {at: natural[at] for at in shown}
    while sum(widths.values()) + GAP * (len(shown) - 1) > room:
        at = max((at for at in shown if widths[at] > least[at]), key=lambda column: widths[column])
        widths[at] -= 1
    return (widths[at] for at in shown)


def fold(text: str, room: int, width: Width) -> list[str]:
    """The words on lines of at most that width; a longer word has a line of its own."""
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
    """Yield what a line may end after, and what stands before it: words, and parts of a URL that is a template.

    Any other URL stays whole, so that it can be copied.
    """
    for word in text.split():
        parts = _AFTER_SLASH.split(word) if _TEMPLATE.search(word) else [word]
        yield from ((part, "" if at else " ") for at, part in enumerate(parts))
