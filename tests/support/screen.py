"""A terminal screen, from the bytes written to it: pyte's, with the lines that have scrolled away above it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pyte

if TYPE_CHECKING:
    from pyte.screens import Char
    from rich.style import Style
    from rich.text import Text

ROWS = 24
_HISTORY = 10_000  # lines


class Screen:
    """24 rows of `columns` cells; `answer` gets what the terminal itself says, such as where its cursor is."""

    def __init__(self, columns: int = 80, answer: Callable[[str], None] = lambda _: None) -> None:
        self._screen = pyte.HistoryScreen(columns, ROWS, history=_HISTORY)
        self._screen.write_process_input = answer
        self._stream = pyte.ByteStream(self._screen)

    @property
    def columns(self) -> int:
        """The width, in cells."""
        return self._screen.columns

    @columns.setter
    def columns(self, columns: int) -> None:
        self._screen.resize(columns=columns)

    @property
    def cursor_shown(self) -> bool:
        """Whether a person sees the cursor."""
        return not self._screen.cursor.hidden

    @property
    def shown(self) -> list[str]:
        """The 24 lines that a person sees now, without blanks at the ends."""
        return [line.rstrip() for line in self._screen.display]

    @property
    def is_coloured(self) -> bool:
        """Whether a cell on the screen has a colour."""
        cells = (cell for row in self._screen.buffer.values() for cell in row.values())
        return any((cell.fg, cell.bg) != ("default", "default") for cell in cells)

    @property
    def lines(self) -> list[str]:
        """All lines, those that have scrolled away first; none below the cursor that is empty."""
        above = ["".join(row[column].data for column in range(self.columns)) for row in self._screen.history.top]
        lines = [*(line.rstrip() for line in above), *self.shown]
        last = len(above) + self._screen.cursor.y
        while len(lines) > last + 1 and not lines[-1]:
            lines.pop()
        return lines

    @property
    def coloured(self) -> list[Text]:
        """All lines with their colours, those that have scrolled away first."""
        rows = [*self._screen.history.top, *(self._screen.buffer[row] for row in range(ROWS))]
        return [_coloured(row, line) for row, line in zip(rows, self.lines, strict=False)]

    @property
    def text(self) -> str:
        """The lines, those at the end that are empty taken away."""
        return "\n".join(self.lines).rstrip("\n")

    def feed(self, data: bytes) -> None:
        """Write that to the terminal."""
        self._stream.feed(data)


def _coloured(row: Mapping[int, Char], line: str) -> Text:
    from rich.text import Text

    text = Text()
    for column in range(len(line)):
        text.append(row[column].data, _style(row[column]))
    return text


def _style(cell: Char) -> Style:
    from rich.style import Style

    colour = None if cell.fg == "default" else f"#{cell.fg}" if re.fullmatch("[0-9a-f]{6}", cell.fg) else cell.fg
    return Style(color={"brown": "yellow"}.get(colour, colour), bold=cell.bold or None, reverse=cell.reverse or None)
