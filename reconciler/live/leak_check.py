"""The check whether a server's text contains a key that gwctl sent to the server."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape
from urllib.parse import unquote

from reconciler.secrets.key import Key

_PART_IN_TALK = 6  # characters of a key in a row that no message of a server may contain
_A_WORD = 8  # characters; a literal header value up to this length may be an ordinary word
_PART_IN_DATA = 12  # characters of a key in a row that no ID may contain; a made-up key may share a word with an ID


class KeyTraces:
    """The parts of keys that no text may contain. The time of a search does not depend on the length of the keys."""

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
        """Return whether the text contains a part of a key. White space in the text is ignored."""
        folded = _folded(text)
        return any(
            not parts.isdisjoint(folded[at : at + length] for at in range(len(folded) - length + 1))
            for length, parts in self._parts.items()
        )


def repeats(text: str, keys: Iterable[Key], literals: Iterable[str] = ()) -> bool:
    """Return whether a server's message contains part of a key, or a whole literal. Such a message is not shown.

    The check also finds keys with white space inside, and keys that are escaped for URLs, HTML or JSON.
    """
    traces, values = KeyTraces(keys, _PART_IN_TALK), list(literals)
    spelt = [form(text) for form in (str, unquote, unescape, _unescaped)]
    return any(traces.are_in(form) or _holds_whole(form, values) for form in spelt)


def _holds_whole(text: str, values: Iterable[str]) -> bool:
    """Return whether the text contains one of the values. Short values are ignored: `platform` is an ordinary word."""
    folded = _folded(text)
    return any(len(value) > _A_WORD and _folded(value) in folded for value in values)


def _unescaped(text: str) -> str:
    """Return the text with its \\u escapes of JSON replaced. The text may be JSON that was cut off or quoted."""
    return re.sub(r"\\+u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), text)


def carries(data: str, keys: Iterable[Key]) -> bool:
    """Return whether an ID or an answer contains a key, or a part of a key that is too long to be a coincidence."""
    return KeyTraces(keys).are_in(data)


def _folded(text: str) -> str:
    return "".join(text.split())
