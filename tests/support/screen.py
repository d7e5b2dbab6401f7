"""A terminal screen, from the bytes written to it: enough of ECMA-48 for gwctl and a shell."""

from __future__ import annotations

import re

_CONTROL = re.compile(rb"\x1b\[([?\d;]*)([A-Za-z])|\x1b[()][A-Z0-9]|\x1b[=>78]")


class Screen:
    """Lines of `columns` cells, without an end below; nothing that was written is lost but what was erased."""

    def __init__(self, columns: int = 80) -> None:
        self.columns = columns
        self.cursor_shown = True
        self._rows: list[list[str]] = [[]]
        self._row = self._column = 0
        self._rest = b""

    @property
    def lines(self) -> list[str]:
        """The lines on the screen, without blanks at the ends."""
        return ["".join(row).rstrip() for row in self._rows]

    @property
    def text(self) -> str:
        """The lines, those at the end that are empty taken away."""
        return "\n".join(self.lines).rstrip("\n")

    def feed(self, data: bytes) -> None:
        """Write that to the terminal."""
        data, self._rest = self._rest + data, b""
        at = 0
        while at < len(data):
            if data[at] == 0x1B:
                match = _CONTROL.match(data, at)
                if match is None:
                    assert len(data) - at < 30, f"not understood: {data[at : at + 30]!r}"
                    self._rest = data[at:]
                    return
                self._control(match[1] or b"", match[2] or b"")
                at = match.end()
                continue
            end = at + 1
            while end < len(data) and data[end] & 0xC0 == 0x80:
                end += 1
            self._put(data[at:end].decode(errors="replace"))
            at = end

    def _put(self, character: str) -> None:
        if character == "\r":
            self._column = 0
        elif character == "\n":
            self._down()
        elif character == "\b":
            self._column = max(0, self._column - 1)
        elif character.isprintable():
            self._print(character)

    def _print(self, character: str) -> None:
        if self._column == self.columns:  # a full line is left only by the character after it
            self._column = 0
            self._down()
        row = self._rows[self._row]
        row += [" "] * (self._column + 1 - len(row))
        row[self._column] = character
        self._column += 1

    def _down(self) -> None:
        self._row += 1
        if self._row == len(self._rows):
            self._rows.append([])

    def _control(self, given: bytes, name: bytes) -> None:
        if name == b"K" and given in (b"", b"0"):
            del self._rows[self._row][self._column :]
        elif name == b"J" and given in (b"", b"0"):
            del self._rows[self._row][self._column :]
            del self._rows[self._row + 1 :]
        elif name in b"hl" and given == b"?25":
            self.cursor_shown = name == b"h"
        else:
            assert name in b"mhl", f"not understood: {given!r} {name!r}"  # colours, modes
