"""Whether what stands on a terminal's screen was folded at words."""

from __future__ import annotations

import re
from itertools import pairwise

from tests.support.terminal import Terminal

_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[78=>]")
_WHOLE = re.compile(r"`[^`]*`|(?:\w+=\S+ )*\b(?:gwctl|git|export|chmod) .*|\w+=\S+ .*|\{[^{}]*\}")


def broken_lines(terminal: Terminal) -> list[str]:
    """The lines that the terminal itself had to break; one word, or one command to copy, is not among them."""
    width = terminal.screen.columns
    written = {_CONTROL.sub("", line).strip() for line in re.split(r"[\r\n]+", terminal.raw.decode(errors="replace"))}
    rows = terminal.screen.lines
    broken = [
        f"{row}|{after}"
        for row, after in pairwise(rows)
        if len(row) == width and after[:1].strip() and not any(line.endswith(row.strip()) for line in written)
    ]
    return [line for line in broken if not _is_whole(line.replace("|", ""), written)]


def _is_whole(line: str, written: set[str]) -> bool:
    """Whether the line is a part of one word or of one command, which may take several lines of the screen."""
    whole = next((each for each in written if line.strip() in each), line.strip())
    return " " not in _WHOLE.sub("", whole).strip()
