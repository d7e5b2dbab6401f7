"""A gateway file that is no file: standard input (`-f -`), or what a shell hands over for `-f <(…)`.

Only what is open already is read so. A named pipe on the disk is not: it may have nobody at its other end.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from reconciler.files.read_file import read_descriptor

_NAMED = re.compile(r"(?:/dev/fd|/proc/self/fd)/(\d{1,6})")
_INPUT = ("-", "/dev/stdin")


def descriptor_of(path: Path) -> int | None:
    """The open descriptor that the path names; None for a file."""
    if str(path) in _INPUT:
        return 0
    named = _NAMED.fullmatch(str(path))
    return int(named[1]) if named else None


def shown_as(descriptor: int) -> str:
    """Return the name of the descriptor in messages; relative paths in it start in the working directory."""
    return "pipe" if descriptor else "standard input"


@cache
def read_piped(descriptor: int, most: int) -> bytes:
    """All that comes; it can be read only once, so that it is kept."""
    return read_descriptor(descriptor, most)
