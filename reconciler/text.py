"""Text from outside, made safe to show: without control codes, direction marks or endless lines."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# Cc control, Cf format (bidi overrides, zero width, BOM), Cs lone surrogates, Co private, Zl/Zp separators.
_UNSAFE_CATEGORIES = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")

_UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"))  # seconds
_MANY = 2000  # with more names, only names with the same first letter and about the same length are compared


def _escape(character: str) -> str:
    named = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\x1b": "\\e"}
    if character in named:
        return named[character]
    if unicodedata.category(character) in _UNSAFE_CATEGORIES:
        return f"\\u{ord(character):04x}"
    return character


def printable(text: str, limit: int = 200) -> str:
    """Return the text as one line without control codes.

    Longer text is cut after `limit` characters, and "…" is added.
    """
    kept = text[: limit + 1]
    if not kept.isascii() or not kept.isprintable():
        kept = "".join(map(_escape, kept))
    return kept if len(text) <= limit else kept[:limit] + "…"


def sentence(text: str, limit: int = 200) -> str:
    """Return a server's message as one line. White space is folded, then `printable` makes the text safe."""
    return printable(re.sub(r"\s+", " ", text[: limit * 4]).strip(), limit)


def block(text: str) -> str:
    """Return a text of many lines with each line made safe by `printable`. No line is cut."""
    return "\n".join(printable(line, len(line)) for line in text.splitlines())


def nearest(word: str, known: Iterable[str], how_many: int = 3) -> list[str]:
    """Return the known words that are closest to `word`. The best word is first."""
    import difflib

    names = list(known)
    if len(names) > _MANY:
        names = [name for name in names if name[:1] == word[:1] and abs(len(name) - len(word)) <= 3][:_MANY]
    return difflib.get_close_matches(word, names, n=how_many, cutoff=0.6)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint with the closest known words.

    If no known word is close, the hint lists all known words, or is empty if there are more than 12 known words.
    """
    names = sorted(known)
    near = nearest(word[:200], names)
    if near:
        return "did you mean " + " or ".join(f"`{printable(name, 80)}`" for name in near) + "?"
    return "known: " + ", ".join(names) if names and len(names) <= 12 else ""


def ago(seconds: float) -> str:
    """Return an age in words, such as `2 hours ago`."""
    for size, unit in _UNITS:
        number = int(seconds // size)
        if number:
            return f"{number} {unit}{'' if number == 1 else 's'} ago"
    return "just now"
