"""The terminal: whether a stream is one, its width, and text wrapped to that width."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

_USUAL_WIDTH = 80


def is_terminal(stream: Any) -> bool:
    """Return true if the stream is open and is a terminal."""
    try:
        return stream is not None and bool(stream.isatty())
    except ValueError:  # closed
        return False


def width_of(stream: Any) -> int:
    """Return the number of columns of the terminal; 80 if the number is unknown."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or _USUAL_WIDTH
    except (OSError, ValueError, AttributeError):
        return _USUAL_WIDTH


def cells(text: str) -> int:
    """Return the number of columns that the text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def wrapped(text: str, width: int, first: str = "", later: str = "") -> Iterator[str]:
    """Yield the text in lines of that width, broken only at spaces, so that a long URL stays whole."""
    line, empty = first, True
    for word in text.split(" "):
        if not empty and cells(line) + 1 + cells(word) > width:
            yield line
            line, empty = later, True
        line, empty = line + word if empty else f"{line} {word}", False
    yield line


def drop_typed_ahead() -> None:
    """Discard everything that was typed before now, including unfinished lines."""
    if os.name == "nt":
        _drop_on_windows()
        return
    import termios

    termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)


def _drop_on_windows() -> None:
    from importlib import import_module

    console: Any = import_module("msvcrt")
    while console.kbhit():
        console.getwch()
