"""A gateway file from a pipe: standard input (`-f -`), or the descriptor that a shell opens for `-f <(…)`.

Only descriptors that are already open are read. Named pipes on the disk are not read, because gwctl could wait for a
writer forever.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from reconciler.files.read_file import read_descriptor

_NAMED = re.compile(r"(?:/dev/fd|/proc/self/fd)/(\d{1,6})")
_INPUT = ("-", "/dev/stdin")


def descriptor_of(path: Path) -> int | None:
    """Return the open descriptor that the path names. Return None if the path names a file."""
    if str(path) in _INPUT:
        return 0
    named = _NAMED.fullmatch(str(path))
    return int(named[1]) if named else None


def shown_as(descriptor: int) -> str:
    """Return the name of the descriptor for messages.

    The name has no directory, so relative paths in the gateway file start at the working directory.
    """
    return "pipe" if descriptor else "standard input"


@cache
def read_piped(descriptor: int, most: int) -> bytes:
    """Return all data from the descriptor. The data is cached, because a pipe can be read only once."""
    return read_descriptor(descriptor, most)
