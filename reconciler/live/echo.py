"""Whether a server's text gives a key back to us."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.secrets.key import Key

_PART_IN_TALK = 6  # characters: no server's words may hold as many of a key's in a row
_PART_IN_DATA = 12  # an ID may share a word with a key that somebody made up


def repeats(text: str, keys: Iterable[Key]) -> bool:
    """Whether what a server says holds part of a key, also spaced out; then none of it is shown."""
    return any(_holds(text, key, _PART_IN_TALK) for key in keys)


def carries(data: str, keys: Iterable[Key]) -> bool:
    """Whether an ID or an answer holds a key, or so much of it that it is no chance."""
    return any(_holds(data, key, _PART_IN_DATA) for key in keys)


def _holds(text: str, key: Key, part: int) -> bool:
    value, folded = _folded(key.reveal()), _folded(text)
    if len(value) < _PART_IN_TALK and part == _PART_IN_DATA:
        return False
    return any(value[at : at + part] in folded for at in range(max(1, len(value) - part + 1)))


def _folded(text: str) -> str:
    return "".join(text.split())
