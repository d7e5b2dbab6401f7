"""Text from elsewhere made safe to show: no control codes, no direction tricks, no endless lines."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable

# Cc control, Cf format (bidi overrides, zero width, BOM), Cs lone surrogates, Co private, Zl/Zp separators.
_UNSAFE_CATEGORIES = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")

_MANY = 2000  # names that are compared one by one; of more only those that begin alike and are about as long


def _escape(character: str) -> str:
    named = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\x1b": "\\e"}
    if character in named:
        return named[character]
    if unicodedata.category(character) in _UNSAFE_CATEGORIES:
        return f"\\u{ord(character):04x}"
    return character


def printable(text: str, limit: int = 200) -> str:
    """One line that can drive no terminal, at most `limit` characters and an ellipsis."""
    kept = text[: limit + 1]
    if not kept.isascii() or not kept.isprintable():
        kept = "".join(map(_escape, kept))
    return kept if len(text) <= limit else kept[:limit] + "…"


def sentence(text: str, limit: int = 200) -> str:
    """A server's words on one line: white space folded, then as `printable`."""
    return printable(re.sub(r"\s+", " ", text[: limit * 4]).strip(), limit)


def block(text: str) -> str:
    """Return many lines, each as `printable`, none cut off."""
    return "\n".join(printable(line, len(line)) for line in text.splitlines())


def nearest(word: str, known: Iterable[str], how_many: int = 3) -> list[str]:
    """The known words that `word` may have been meant for, best first."""
    names = list(known)
    if len(names) > _MANY:
        names = [name for name in names if name[:1] == word[:1] and abs(len(name) - len(word)) <= 3][:_MANY]
    return difflib.get_close_matches(word, names, n=how_many, cutoff=0.6)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint that names the nearest known words, or all of them when they are few, or nothing."""
    names = sorted(known)
    near = nearest(word[:200], names)
    if near:
        return "did you mean " + " or ".join(f"`{printable(name, 80)}`" for name in near) + "?"
    return "known: " + ", ".join(names) if names and len(names) <= 12 else ""
