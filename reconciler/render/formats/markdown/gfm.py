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

from reconciler.render.formats.code_spans import prose
from reconciler.render.tree import AttributeDiff, Role, Span
from reconciler.text import printable

Kind = Literal["code", "bold", "plain"]
Piece = tuple[Kind, str]

_BOLD: frozenset[Role] = frozenset({"strong", "create", "update", "delete", "forget", "held"})
_TAGS: dict[Kind, str] = {"code": "code", "bold": "b"}
_LONGEST: dict[Kind, int] = {"code": 1000, "bold": 300, "plain": 300}  # characters of one span
_MOST_BACKTICKS = 60  # in a row; cmark-gfm knows no code span with more than 80
_NUMBERED = re.compile(r"([0-9]+)([.)])")
_WORDS = re.compile(r"[^\W_](.*[^\W_])?")  # between the marks at both ends, where ** would not be read as bold


def shown(text: str, limit: int = 1000) -> str:
    """Return `text` on one line without control characters; a long one keeps both ends."""
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
    """Return spans as Markdown on one line."""
    return "".join(_markdown(kind, text) for kind, text in _pieces(spans)).strip(" ")


def cell(span: Span) -> str:
    """A cell of a table."""
    return inline([span]).replace("|", "\\|")


def html(spans: Iterable[Span]) -> str:
    """Return spans as HTML on one line, for places where GitHub reads no Markdown."""
    return "".join(_html(kind, text) for kind, text in _pieces(spans)).strip(" ")


def comment(text: str) -> str:
    """An HTML comment that ends where it should, whatever it says; letters, digits and `-_.~:` are as they were."""
    return f"<!-- {quote(shown(text), safe=' :').replace('--', '-%2D')} -->"


def differing(attribute_diffs: Iterable[AttributeDiff]) -> list[str]:
    """The lines of a block that shows attributes before and after; none can end it, for each begins with a sign."""
    sides = (
        (sign, attribute_diff.path, side)
        for attribute_diff in attribute_diffs
        for sign, side in (("-", attribute_diff.before), ("+", attribute_diff.after))
    )
    lines = (shown(f"{sign} {path}: {side}") for sign, path, side in sides if side is not None)
    return ["```diff", *lines, "```"]


def _markdown(kind: Kind, text: str) -> str:
    if kind == "code":
        return code(text)
    escaped = _NUMBERED.sub(r"\1\\\2", text)  # or it would begin a list
    words = _WORDS.search(escaped)
    if kind == "plain" or words is None:
        return escaped
    return f"{escaped[: words.start()]}**{words[0]}**{escaped[words.end() :]}"


def _html(kind: Kind, text: str) -> str:
    tag = _TAGS.get(kind)
    return f"<{tag}>{escape(text)}</{tag}>" if tag else escape(text)


def _pieces(spans: Iterable[Span]) -> list[Piece]:
    """Pieces of one kind joined: code spans side by side would run into one another, and words into a link."""
    pieces: list[Piece] = []
    for kind, alike in groupby(spans, key=lambda span: _kind(span.role)):
        text = "".join(shown(span.text, _LONGEST["code" if span.role == "typed" else kind]) for span in alike)
        for piece in [(kind, text)] if kind == "code" else _said(kind, text):
            if pieces and pieces[-1][0] == piece[0]:
                pieces[-1] = (piece[0], pieces[-1][1] + piece[1])
            elif piece[1]:
                pieces.append(piece)
    return pieces


def _kind(role: Role) -> Kind:
    if role in ("code", "name"):
        return "code"
    return "bold" if role in _BOLD else "plain"


def _said(kind: Kind, text: str) -> Iterator[Piece]:
    return (("code" if is_code else kind, part) for is_code, part in prose(text))
