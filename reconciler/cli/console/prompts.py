"""All questions to the person at the terminal, and all typed keys.

Only this module asks questions, so that no other output overwrites a question. Input that was typed before a question
is discarded.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator

from reconciler import codes
from reconciler.cli.console.progress import paused
from reconciler.cli.console.terminal import cells, drop_typed_ahead, is_terminal, width_of
from reconciler.diagnostics import error
from reconciler.errors import Failed
from reconciler.files.read_file import read_standard_input
from reconciler.render.formats.wrap import fold_text
from reconciler.text import printable

_ATTEMPTS = 3
_ANSWERS = {"y": True, "yes": True, "n": False, "no": False}
_STREAMS = {"standard input": "stdin", "standard output": "stdout", "standard error": "stderr"}
LARGEST_INPUT = 1024 * 1024  # bytes


def nobody_there() -> str:
    """Return the reason why gwctl cannot ask a question, or "" if gwctl can ask.

    The reason names a standard stream that is not a terminal.
    """
    away = [name for name, stream in _STREAMS.items() if not is_terminal(getattr(sys, stream))]
    return f"{away[0]} is not a terminal" if away else ""


def confirm(question: str, items: Iterable[str] = (), intro: str = "") -> bool:
    """Ask a yes-or-no question about the items. Return False without a terminal or without a valid answer."""
    if nobody_there():
        return False
    with paused():
        for _ in range(_ATTEMPTS):
            drop_typed_ahead()
            _write("\n".join(_laid_out(question, items, intro, width_of(sys.stderr))))
            answer = _line()
            if answer is None:
                _write("\n")
                return False
            if answer.strip().lower() in _ANSWERS:
                return _ANSWERS[answer.strip().lower()]
            items, intro = (), "Type y or n, then press Enter."
        _write("There was no valid answer after three attempts, so the answer is no.\n")
    return False


def secret(name: str) -> str:
    """Return the text that the user types at the terminal without echo.

    If standard input is not a terminal, return all of standard input. Raise `Failed` if standard input is a terminal
    but another standard stream is not.
    """
    if not is_terminal(sys.stdin):
        return piped_text()
    if missing := nobody_there():
        summary = f"Cannot ask for the {name}: {missing}"
        raise Failed(
            error(
                codes.NO_TERMINAL,
                summary,
                detail="Nothing was done.",
                hint="type the key at a terminal, or pipe the key to standard input",
            )
        )
    from getpass import getpass

    with paused():
        try:
            question = fold_text(f"Type the {name} (it is not shown):", width_of(sys.stderr), cells, 0)
            return getpass("\n".join(question) + " ", sys.stderr)
        except EOFError:
            _write("\n")
            return ""
        except UnicodeDecodeError:
            raise _unreadable("it is not text", "type the key again, or pipe the key to standard input") from None


def piped_text() -> str:
    """Return all of standard input as text. Raise `Failed` if the input is closed, too large or not UTF-8."""
    try:
        return read_standard_input(LARGEST_INPUT).decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise _unreadable("it is not UTF-8", "write the input as UTF-8 text") from None
    except OSError as fault:
        raise _unreadable(fault.strerror or "it is closed", "check the input of the pipe") from None


def _unreadable(why: str, hint: str) -> Failed:
    return Failed(
        error(codes.INPUT_UNREADABLE, f"Cannot read standard input: {why}", detail="Nothing was done.", hint=hint)
    )


def _laid_out(question: str, items: Iterable[str], intro: str, width: int) -> Iterator[str]:
    """Yield the lines of the question, wrapped to the width. The last line has room for the answer."""
    if intro:
        yield from fold_text(_safe(intro), width, cells, 0)
    for item in items:
        yield from fold_text(f"  - {_safe(item)}", width, cells)
    *before, last = fold_text(f"{_safe(question)} [y/n]:", width - len(" yes"), cells, 0)
    yield from before
    yield f"{last} "


def _safe(text: str) -> str:
    return printable(text, len(text))


def _line() -> str | None:
    """Return the next typed line, or None at the end of the input (^D)."""
    _wait()
    return sys.stdin.buffer.readline().decode(errors="replace") or None


def _wait() -> None:
    """Wait for input in short steps, so that a ^C between the question and the read is handled."""
    if os.name == "posix":
        import select

        while not select.select([sys.stdin], [], [], 0.2)[0]:
            continue


def _write(text: str) -> None:
    sys.stdout.flush()
    sys.stderr.write(text)
    sys.stderr.flush()
