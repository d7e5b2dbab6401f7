"""GitHub's Markdown: how text of any kind gets into it unharmed, and without pinging or linking anything.

GitHub links mentions, issue numbers, commits, addresses and emoji after Markdown has been read, so no backslash
keeps them away; a code span does. Hence only plain words stay words, and whatever looks like more becomes code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby
from typing import Literal
from urllib.parse import quote

from reconciler.render.tree import Differs, Role, Span
from reconciler.text import printable

Kind = Literal["code", "bold", "plain"]
Piece = tuple[Kind, str]

_BOLD: frozenset[Role] = frozenset({"strong", "create", "update", "delete", "forget", "held", "error", "warning"})
_TAGS: dict[Kind, str] = {"code": "code", "bold": "b"}
_MOST_BACKTICKS = 60  # in a row; cmark-gfm knows no code span with more than 80
# A word or a short number, with the marks that may stand around it; arrows, dots and dashes stand alone.
_WORD = re.compile(r"""["'(]*([^\W\d_]+(['’-][^\W\d_]+)*|[0-9]{1,6})?[,;:.!?…)"']*|[·→–—]""")
_AROUND = re.compile(r"""(["'(]*)(.*?)([,;:.!?…)"']*)""", re.DOTALL)
_LINKED = re.compile(r"\W*([0-9a-f]{7,}|www)\W*", re.IGNORECASE)  # a commit; the beginning of an address
_NUMBERED = re.compile(r"([0-9]+)([.)])")
_PLAIN_ENDS = re.compile(r"[^\W_](.*[^\W_])?", re.DOTALL)


def shown(text: str, limit: int = 300) -> str:
    """`text` on one line without control characters; what is too long keeps both its ends."""
    if len(text) > limit:
        text = f"{text[: limit * 2 // 3]}…{text[-limit // 5 :]} ({len(text)} characters)"
    return printable(text, len(text))


def code(text: str) -> str:
    """A code span that says exactly `text`, which is not empty: its fence is longer than any run inside."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    if longest > _MOST_BACKTICKS:
        text, longest = text.replace("`", "\\u0060"), 0
    fence = "`" * (longest + 1)
    padded = text.startswith("`") or text.endswith("`") or (text[0] == text[-1] == " " and text.strip(" "))
    return f"{fence} {text} {fence}" if padded else f"{fence}{text}{fence}"


def inline(spans: Iterable[Span]) -> str:
    """Spans as Markdown on one line."""
    return "".join(_markdown(kind, text) for kind, text in _pieces(spans)).strip(" ")


def cell(span: Span) -> str:
    """A cell of a table."""
    return inline([span]).replace("|", "\\|")


def html(spans: Iterable[Span]) -> str:
    """Spans as HTML on one line, for where GitHub reads no Markdown."""
    return "".join(_html(kind, text) for kind, text in _pieces(spans)).strip(" ")


def comment(text: str) -> str:
    """An HTML comment that ends where it should, whatever it says; letters, digits and `-_.~:` are as they were."""
    return f"<!-- {quote(shown(text), safe=' :').replace('--', '-%2D')} -->"


def differing(found: Iterable[Differs]) -> list[str]:
    """The lines of a block that shows attributes before and after; none can end it, for each begins with a sign."""
    sides = ((sign, each.path, side) for each in found for sign, side in (("-", each.before), ("+", each.after)))
    lines = (shown(f"{sign} {path}: {side}", 1000) for sign, path, side in sides if side is not None)
    return ["```diff", *lines, "```"]


def _markdown(kind: Kind, text: str) -> str:
    if kind == "code":
        return code(text)
    words = text.strip(" ")
    escaped = _NUMBERED.sub(r"\1\\\2", words)  # or it would begin a list
    if kind == "bold" and words:
        escaped = f"**{escaped}**" if _PLAIN_ENDS.fullmatch(words) else f"<b>{escaped}</b>"
    return text.replace(words, escaped) if words else text


def _html(kind: Kind, text: str) -> str:
    tag = _TAGS.get(kind)
    return f"<{tag}>{escape(text)}</{tag}>" if tag else escape(text)


def _pieces(spans: Iterable[Span]) -> list[Piece]:
    """Pieces of one kind joined: code spans side by side would run into one another, and words into a link."""
    found: list[Piece] = []
    for kind, alike in groupby(spans, key=lambda span: _kind(span.role)):
        text = "".join(shown(span.text) for span in alike)
        for piece in [(kind, text)] if kind == "code" else _quoted(kind, text):
            if found and found[-1][0] == piece[0]:
                found[-1] = (piece[0], found[-1][1] + piece[1])
            elif piece[1]:
                found.append(piece)
    return found


def _kind(role: Role) -> Kind:
    if role in ("code", "name"):
        return "code"
    return "bold" if role in _BOLD else "plain"


def _quoted(kind: Kind, text: str) -> Iterator[Piece]:
    """Our own messages quote code as Markdown does."""
    for number, part in enumerate(re.split("`([^`]+)`", text)):
        if number % 2:
            yield "code", part
        else:
            yield from _prose(kind, part)


def _prose(kind: Kind, text: str) -> Iterator[Piece]:
    """Plain words as they are; the others as code, without the marks around them."""
    in_code = False
    for number, word in enumerate(text.split(" ")):
        before, inside, after = (word, "", "") if _is_plain(word) else _around(word)
        yield "code" if in_code and inside and not before else kind, " " if number else ""
        yield from ((kind, before), ("code", inside), (kind, after))
        in_code = bool(inside) and not after


def _around(word: str) -> tuple[str, str, str]:
    found = _AROUND.fullmatch(word)
    return (found[1], found[2], found[3]) if found else ("", word, "")


def _is_plain(word: str) -> bool:
    return _WORD.fullmatch(word) is not None and not _LINKED.fullmatch(word)
