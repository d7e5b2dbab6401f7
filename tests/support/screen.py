"""A terminal screen, from the bytes written to it: pyte's, with the lines that have scrolled away above it."""

from __future__ import annotations

from collections.abc import Callable

import pyte

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
    def text(self) -> str:
        """The lines, those at the end that are empty taken away."""
        return "\n".join(self.lines).rstrip("\n")

    def feed(self, data: bytes) -> None:
        """Write that to the terminal."""
        self._stream.feed(data)
