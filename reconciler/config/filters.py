"""The patterns of the filters on model IDs. They are shell patterns, but `[` may also be a literal character.

In a shell pattern, `[1m]` stands for either 1 or m. The IDs of some vendors contain brackets, such as `opus[1m]`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from fnmatch import fnmatchcase, translate
from functools import lru_cache

_SET = re.compile(r"\[(?P<inside>[^\[\]]+)\]")
_RANGE = re.compile(r"!|.-.")


def as_meant(pattern: str, among: Iterable[str]) -> str:
    """Return the pattern for `fnmatch`. A literal `[` is escaped.

    The IDs in `among` help to decide whether `[` is literal.
    """
    if "[" not in pattern:
        return pattern
    literal = pattern.replace("[", "[[]")
    if any(_is_text(match["inside"]) for match in _SET.finditer(pattern)):
        return literal
    return literal if any(fnmatchcase(model_id, literal) for model_id in among) else pattern


def is_idle(pattern: str, ids: Collection[str]) -> bool:
    """Return whether the pattern matches none of these IDs."""
    return not any(map(matcher((as_meant(pattern, ids),)), ids))


@lru_cache(maxsize=1024)
def matcher(patterns: tuple[str, ...]) -> Callable[[str], object]:
    """Return a function that is true for an ID that one of the patterns matches. They must come from `as_meant`."""
    if not patterns:
        return lambda _: None
    return re.compile("|".join(map(translate, patterns))).match


def _is_text(inside: str) -> bool:
    """Return whether the content of brackets is literal text and not a set of characters.

    Digits followed by letters are literal text, as in `[1m]` and `[200k]`.
    """
    kinds = {character.isdigit() for character in inside}
    return inside.isalnum() and len(kinds) > 1 and not _RANGE.search(inside)
