"""The three standard streams. gwctl opens streams that were closed at the start, and writes documents to stdout."""

from __future__ import annotations

import sys
from io import BufferedReader, BufferedWriter, FileIO, TextIOWrapper
from typing import Any

_NAMES = ("stdin", "stdout", "stderr")


def make_whole() -> None:
    """Open each closed standard stream on the null device.

    Otherwise the next opened file would get the file descriptor of the closed stream. Text for the stream would then be
    written to the file.
    """
    for number, name in enumerate(_NAMES):
        if getattr(sys, name) is None:
            from reconciler.files.read_file import open_nowhere

            open_nowhere(number)
            setattr(sys, name, _on(number))
    for stream in (sys.stdout, sys.stderr):
        _never_fail_on_encoding(stream)


def write_document(text: str) -> None:
    """Write a machine-readable document to stdout as UTF-8 in any locale. Line ends are not changed."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()


def silence_stdout() -> None:
    """Make Python's last flush of stdout succeed, so that Python does not report the error again."""
    from reconciler.files.read_file import open_nowhere

    open_nowhere(sys.stdout.fileno())


def _on(number: int) -> Any:
    raw: Any = FileIO(number, "r" if number == 0 else "w", closefd=False)
    return TextIOWrapper(BufferedReader(raw) if number == 0 else BufferedWriter(raw), encoding="utf-8")


def _never_fail_on_encoding(stream: Any) -> None:
    """Escape characters that the terminal's encoding does not have."""
    stream.reconfigure(errors="backslashreplace")
