"""A terminal screen (pyte), made from the bytes that are written to it. It keeps the lines that have scrolled away."""

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
    """A screen of 24 rows and `columns` columns. `answer` gets the terminal's reports, such as the cursor position."""

    def __init__(self, columns: int = 80, answer: Callable[[str], None] = lambda _: None) -> None:
        self._screen = pyte.HistoryScreen(columns, ROWS, history=_HISTORY)
        self._screen.write_process_input = answer
        self._stream = pyte.ByteStream(self._screen)

    @property
    def columns(self) -> int:
        """The number of columns."""
        return self._screen.columns

    @columns.setter
    def columns(self, columns: int) -> None:
        self._screen.resize(columns=columns)

    @property
    def cursor_shown(self) -> bool:
        """Return whether the cursor is visible."""
        return not self._screen.cursor.hidden

    @property
    def shown(self) -> list[str]:
        """The 24 visible lines, without blanks at their ends."""
        return [line.rstrip() for line in self._screen.display]

    @property
    def is_coloured(self) -> bool:
        """Return whether a cell on the screen has a colour."""
        cells = (cell for row in self._screen.buffer.values() for cell in row.values())
        return any((cell.fg, cell.bg) != ("default", "default") for cell in cells)

    @property
    def lines(self) -> list[str]:
        """All lines, first those that have scrolled away. Empty lines below the cursor are left out."""
        above = ["".join(row[column].data for column in range(self.columns)) for row in self._screen.history.top]
        lines = [*(line.rstrip() for line in above), *self.shown]
        last = len(above) + self._screen.cursor.y
        while len(lines) > last + 1 and not lines[-1]:
            lines.pop()
        return lines

    @property
    def coloured(self) -> list[Text]:
        """All lines with their colours, first those that have scrolled away."""
        rows = [*self._screen.history.top, *(self._screen.buffer[row] for row in range(ROWS))]
        return [_coloured(row, line) for row, line in zip(rows, self.lines, strict=False)]

    @property
    def text(self) -> str:
        """All lines as text, without empty lines at the end."""
        return "\n".join(self.lines).rstrip("\n")

    def feed(self, data: bytes) -> None:
        """Write the data to the terminal."""
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
