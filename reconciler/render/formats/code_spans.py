"""The parts of a text that are shown as code: addresses, options, paths, and text that may come from a server."""

from __future__ import annotations

import re
from collections.abc import Iterator

# A word or a short number with the punctuation around the word; or a single arrow, dot or dash.
_WORD = re.compile(r"""["'(]*([^\W\d_]+(['’-][^\W\d_]+)*|[0-9]{1,6})?[,;:.!?…)"']*|[·→–—]""")
_AROUND = re.compile(r"""(["'(]*)(.*?)([,;:.!?)"']*)""", re.DOTALL)
_LINKED = re.compile("(?i:[0-9a-f]{7}|www)|[A-Z]-")  # GitHub links these: a commit, a web address, a ticket


def prose(text: str) -> Iterator[tuple[bool, str]]:
    """Yield the parts of a text, each with a flag. The flag is true for a part that is shown as code.

    In a message of gwctl, backticks mark code.
    """
    for number, part in enumerate(re.split("`([^`]+)`", text)):
        if number % 2:
            yield True, part
        else:
            yield from _unquoted(part)


def _unquoted(text: str) -> Iterator[tuple[bool, str]]:
    """Yield plain words unchanged. Yield other words as code, without the punctuation around them."""
    in_code = False
    for number, word in enumerate(text.split(" ")):
        before, inside, after = (word, "", "") if _is_plain(word) else _around(word)
        yield in_code and bool(inside) and not before, " " if number else ""
        yield from ((False, before), (True, inside), (False, after))
        in_code = bool(inside) and not after


def _around(word: str) -> tuple[str, str, str]:
    match = _AROUND.fullmatch(word)
    return (match[1], match[2], match[3]) if match else ("", word, "")


def _is_plain(word: str) -> bool:
    return _WORD.fullmatch(word) is not None and not _LINKED.search(word)
