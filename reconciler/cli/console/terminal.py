"""The terminal: the check whether a stream is a terminal, the size of the terminal, and the width of a text."""

from __future__ import annotations

import os
import sys
from typing import Any

_USUAL_WIDTH = 80
_USUAL_HEIGHT = 24


def is_terminal(stream: Any) -> bool:
    """Return true if the stream is open and is a terminal."""
    try:
        return stream is not None and bool(stream.isatty())
    except ValueError:  # closed
        return False


def width_of(stream: Any) -> int:
    """Return the number of columns of the terminal, or 80 if the number is unknown."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or _USUAL_WIDTH
    except (OSError, ValueError, AttributeError):
        return _USUAL_WIDTH


def lines_of(stream: Any) -> int:
    """Return the number of lines of the terminal, or 24 if the number is unknown."""
    try:
        return os.get_terminal_size(stream.fileno()).lines or _USUAL_HEIGHT
    except (OSError, ValueError, AttributeError):
        return _USUAL_HEIGHT


def cells(text: str) -> int:
    """Return the number of terminal columns that the text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


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
