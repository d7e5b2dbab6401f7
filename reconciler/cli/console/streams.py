"""The three standard streams: there, whoever closed them before gwctl began, and documents written to one of them."""

from __future__ import annotations

import sys
from io import BufferedReader, BufferedWriter, FileIO, TextIOWrapper
from typing import Any

_NAMES = ("stdin", "stdout", "stderr")


def make_whole() -> None:
    """Open a closed stream on nothing, else the next file that is opened would take its number and get its text."""
    for number, name in enumerate(_NAMES):
        if getattr(sys, name) is None:
            from reconciler.files.read_file import open_nowhere

            open_nowhere(number)
            setattr(sys, name, _on(number))
    for stream in (sys.stdout, sys.stderr):
        _never_fail_on_encoding(stream)


def write_document(text: str) -> None:
    """Write a machine-readable document to stdout: UTF-8 with its own line ends, whatever the locale."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()


def silence_stdout() -> None:
    """Make Python's last flush of stdout succeed, so that it does not complain again."""
    from reconciler.files.read_file import open_nowhere

    open_nowhere(sys.stdout.fileno())


def _on(number: int) -> Any:
    raw: Any = FileIO(number, "r" if number == 0 else "w", closefd=False)
    return TextIOWrapper(BufferedReader(raw) if number == 0 else BufferedWriter(raw), encoding="utf-8")


def _never_fail_on_encoding(stream: Any) -> None:
    """Text for people goes out as the terminal can show it."""
    stream.reconfigure(errors="backslashreplace")
