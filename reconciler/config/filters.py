"""The filters' patterns: shell patterns, in which a `[` that fits as it is written stands for itself.

Some vendors' IDs hold brackets (`opus[1m]`), and in a shell pattern `[1m]` is one character, 1 or m.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from fnmatch import fnmatchcase

_SET = re.compile(r"\[(?P<inside>[^\[\]]+)\]")
_RANGE = re.compile(r"!|.-.")


def as_meant(pattern: str, among: Iterable[str]) -> str:
    """The pattern as `fnmatch` has to read it, given the IDs that are known."""
    if "[" not in pattern:
        return pattern
    literal = pattern.replace("[", "[[]")
    if any(_is_text(match["inside"]) for match in _SET.finditer(pattern)):
        return literal
    return literal if any(fnmatchcase(model_id, literal) for model_id in among) else pattern


def is_idle(pattern: str, ids: Collection[str]) -> bool:
    """Return whether none of these IDs fits it."""
    meant = [as_meant(pattern, ids)]
    return not any(fits(model_id, meant) for model_id in ids)


def fits(model_id: str, patterns: Collection[str]) -> bool:
    """Return whether one of these, each as it is meant, fits."""
    return any(fnmatchcase(model_id, pattern) for pattern in patterns)


def _is_text(inside: str) -> bool:
    """Return whether nobody means a set by it: digits and letters together, and no range, as in `[1m]` and `[200k]`."""
    kinds = {character.isdigit() for character in inside}
    return inside.isalnum() and len(kinds) > 1 and not _RANGE.search(inside)
