"""The check whether a server's text contains a key that was sent to it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape
from urllib.parse import unquote

from reconciler.secrets.key import Key

_PART_IN_TALK = 6  # characters: no server's words may hold as many of a key's in a row
_A_WORD = 8  # characters
_PART_IN_DATA = 12  # an ID may share a word with a key that somebody made up


class KeyTraces:
    """The parts of some keys that no text may hold; longer keys take no longer to look for."""

    def __init__(self, keys: Iterable[Key], part: int = _PART_IN_DATA) -> None:
        self._parts: dict[int, set[str]] = {}
        for key in keys:
            value = _folded(key.reveal())
            if not value or (len(value) < _PART_IN_TALK and part == _PART_IN_DATA):
                continue
            length = min(part, len(value))
            parts = (value[at : at + length] for at in range(len(value) - length + 1))
            self._parts.setdefault(length, set()).update(parts)

    def are_in(self, text: str) -> bool:
        """Return whether it holds one, also spaced out."""
        folded = _folded(text)
        return any(
            not parts.isdisjoint(folded[at : at + length] for at in range(len(folded) - length + 1))
            for length, parts in self._parts.items()
        )


def repeats(text: str, keys: Iterable[Key], literals: Iterable[str] = ()) -> bool:
    """Return whether what a server says holds part of a key, or a literal whole; then none of it is shown.

    In any spelling: as it is, spaced out, or as a URL, HTML or JSON has it.
    """
    traces, values = KeyTraces(keys, _PART_IN_TALK), list(literals)
    spelt = [form(text) for form in (str, unquote, unescape, _unescaped)]
    return any(traces.are_in(form) or _holds_whole(form, values) for form in spelt)


def _holds_whole(text: str, values: Iterable[str]) -> bool:
    """Return whether a text holds one of these values, shorter ones aside: `platform` is a word of any server's."""
    folded = _folded(text)
    return any(len(value) > _A_WORD and _folded(value) in folded for value in values)


def _unescaped(text: str) -> str:
    """With JSON's escapes undone, as in JSON that was cut off or quoted."""
    return re.sub(r"\\+u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), text)


def carries(data: str, keys: Iterable[Key]) -> bool:
    """Return whether an ID or an answer holds a key, or so much of it that it is no chance."""
    return KeyTraces(keys).are_in(data)


def _folded(text: str) -> str:
    return "".join(text.split())
