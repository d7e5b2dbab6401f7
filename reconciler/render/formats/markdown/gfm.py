"""Text as GitHub's Markdown, which shows the text unchanged, notifies nobody and adds no links.

GitHub links mentions, issue numbers, commits, addresses and emoji after it has parsed the Markdown. A backslash does
not prevent these links, but a code span does. So only plain words stay words, and all other text becomes code.
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
_MOST_BACKTICKS = 60  # in a row; cmark-gfm supports at most 80 around a code span
_NUMBERED = re.compile(r"([0-9]+)([.)])")
_WORDS = re.compile(r"[^\W_](.*[^\W_])?")  # without the punctuation at both ends: ** beside it is not bold


def shown(text: str, limit: int = 1000) -> str:
    """Return `text` on one line without control characters. The middle of a long text is left out."""
    if len(text) > limit:
        text = f"{text[: limit * 2 // 3]}…{text[-limit // 5 :]} ({len(text)} characters)"
    return printable(text, len(text))


def code(text: str) -> str:
    """Return a code span with `text`. The text must not be empty.

    The fence of the code span is longer than any run of backticks in the text.
    """
    longest = max(map(len, re.findall("`+", text)), default=0)
    if longest > _MOST_BACKTICKS:
        text, longest = text.replace("`", "\\u0060"), 0
    fence = "`" * (longest + 1)
    padded = text.startswith("`") or text.endswith("`") or (text[0] == text[-1] == " " and text.strip(" "))
    return f"{fence} {text} {fence}" if padded else f"{fence}{text}{fence}"


def inline(spans: Iterable[Span]) -> str:
    """Return the spans as Markdown on one line."""
    return "".join(_markdown(kind, text) for kind, text in _pieces(spans)).strip(" ")


def cell(span: Span) -> str:
    """Return the span as a cell of a table."""
    return inline([span]).replace("|", "\\|")


def html(spans: Iterable[Span]) -> str:
    """Return the spans as HTML on one line, for places in a page where GitHub does not parse Markdown."""
    return "".join(_html(kind, text) for kind, text in _pieces(spans)).strip(" ")


def comment(text: str) -> str:
    """Return an HTML comment with the text.

    All characters except letters, digits, spaces and `-_.~:` are percent-encoded, so the text cannot end the comment.
    """
    return f"<!-- {quote(shown(text), safe=' :').replace('--', '-%2D')} -->"


def differing(attribute_diffs: Iterable[AttributeDiff]) -> list[str]:
    """Return a diff block with the attributes before and after the change.

    Each line begins with a sign, so no line can end the block.
    """
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
    escaped = _NUMBERED.sub(r"\1\\\2", text)  # `1.` would begin a list
    words = _WORDS.search(escaped)
    if kind == "plain" or words is None:
        return escaped
    return f"{escaped[: words.start()]}**{words[0]}**{escaped[words.end() :]}"


def _html(kind: Kind, text: str) -> str:
    tag = _TAGS.get(kind)
    return f"<{tag}>{escape(text)}</{tag}>" if tag else escape(text)


def _pieces(spans: Iterable[Span]) -> list[Piece]:
    """Return the pieces of the spans. Adjacent pieces of the same kind are joined.

    If two code spans were adjacent, they would merge. If two words were adjacent, they could become a link.
    """
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
