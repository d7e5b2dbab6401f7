"""The terminal as it is: who is at it, how wide it is, and words laid out for it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

_USUAL_WIDTH = 80


def is_terminal(stream: Any) -> bool:
    """Return whether that stream is open and a terminal."""
    try:
        return stream is not None and bool(stream.isatty())
    except ValueError:  # closed
        return False


def width_of(stream: Any) -> int:
    """The columns of that terminal; 80 where it does not say."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or _USUAL_WIDTH
    except (OSError, ValueError, AttributeError):
        return _USUAL_WIDTH


def cells(text: str) -> int:
    """The columns that the text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def wrapped(text: str, width: int, first: str = "", later: str = "") -> Iterator[str]:
    """The text in lines of that width, broken between words only: a long URL stays whole."""
    line, empty = first, True
    for word in text.split(" "):
        if not empty and cells(line) + 1 + cells(word) > width:
            yield line
            line, empty = later, True
        line, empty = line + word if empty else f"{line} {word}", False
    yield line


def drop_typed_ahead() -> None:
    """Forget what was typed before now, lines that are not finished included."""
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
