"""The HTML of spans, lists and tables. This module escapes all text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby

from reconciler.render.formats.code_spans import prose
from reconciler.render.tree import AttributeDiff, Block, Facets, Group, Line, Mark, Span, Table
from reconciler.text import printable


def blocks(blocks: Iterable[Block], paragraphs: bool = False) -> Iterator[str]:
    """Yield the HTML of blocks in their order.

    Lines become a list. If `paragraphs` is true, lines become paragraphs.
    """
    for kind, group in groupby((block for block in blocks if not isinstance(block, Mark)), key=type):
        alike = list(group)
        if kind is Line and paragraphs:
            yield from (f"<p>{inline(block.spans)}</p>\n" for block in alike if isinstance(block, Line))
        elif kind is Line:
            yield from _list([block for block in alike if isinstance(block, Line)])
        else:
            yield from (part for block in alike for part in _block(block))


def inline(spans: Iterable[Span]) -> str:
    """Return the spans as HTML on one line."""
    return "".join(map(_span, spans)).strip()


def text(value: str) -> str:
    """Return text for an element or a double-quoted attribute.

    The text is escaped, and control characters are made visible.
    """
    return escape(printable(value, len(value)))


def _span(span: Span) -> str:
    if span.role in ("code", "name"):
        return f"<code>{text(span.text)}</code>"
    if span.role == "strong":
        return f"<strong>{_prose(span.text)}</strong>"
    return (
        _prose(span.text)
        if span.role in ("plain", "typed")
        else f'<span class="{span.role}">{_prose(span.text)}</span>'
    )


def _prose(text_: str) -> str:
    pieces = groupby(prose(printable(text_, len(text_))), key=lambda piece: piece[0])
    joined = ((is_code, escape("".join(part for _, part in pieces_))) for is_code, pieces_ in pieces)
    return "".join(f"<code>{part}</code>" if is_code and part else part for is_code, part in joined)


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Table):
        yield from _table(block)
    elif isinstance(block, Group):
        folded = ('<details class="group">\n<summary>', "</summary>\n", "</details>\n")
        before, between, after = folded if block.folded else ('<div class="group">\n<h3>', "</h3>\n", "</div>\n")
        yield f"{before}{inline(block.title)}{between}"
        yield from _list(block.lines)
        yield after


def _list(lines: Sequence[Line]) -> Iterator[str]:
    yield "<ul>\n"
    for line in lines:
        yield f"<li{_facets(line.facets)}>{inline(line.spans)}"
        yield from _under(line.under)
        yield "</li>\n"
    yield "</ul>\n"


def _under(under: Sequence[Line | AttributeDiff]) -> Iterator[str]:
    for kind, group in groupby(under, key=type):
        items = list(group)
        if kind is AttributeDiff:
            yield from _differing([differs for differs in items if isinstance(differs, AttributeDiff)])
        else:
            yield from _list([below for below in items if isinstance(below, Line)])


def _facets(facets: Facets | None) -> str:
    if facets is None:
        return ""
    return "".join(f' data-{name}="{text(value)}"' for name, value in vars(facets).items())


def _differing(attribute_diffs: Sequence[AttributeDiff]) -> Iterator[str]:
    header = "".join(f'<th scope="col">{title}</th>' for title in ("Attribute", "Before", "After"))
    yield f'\n<table class="diff">\n<thead><tr>{header}</tr></thead>\n<tbody>\n'
    for attribute_diff in attribute_diffs:
        before, after = (
            _side(tag, side) for tag, side in (("del", attribute_diff.before), ("ins", attribute_diff.after))
        )
        yield f'<tr><th scope="row">{text(attribute_diff.path)}</th><td>{before}</td><td>{after}</td></tr>\n'
    yield "</tbody>\n</table>\n"


def _side(tag: str, side: str | None) -> str:
    return '<span class="dim">none</span>' if side is None else f"<{tag}><code>{text(side)}</code></{tag}>"


def _table(table: Table) -> Iterator[str]:
    """Yield the HTML of a table, in a box. If the table is wide, the box can be scrolled, also with the keyboard."""
    number = [' class="number"' if column in table.numbers else "" for column in range(len(table.header))]
    titles = zip(table.header, number, strict=True)
    header = "".join(f'<th scope="col"{kind}>{text(title)}</th>' for title, kind in titles)
    yield f'<div class="wide" role="group" aria-label="{text(table.header[0])}s" tabindex="0">\n'
    yield f"<table>\n<thead><tr>{header}</tr></thead>\n<tbody>\n"
    for first, *rest in table.rows:
        cells = "".join(f"<td{kind}>{inline([span])}</td>" for span, kind in zip(rest, number[1:], strict=False))
        yield f'<tr><th scope="row">{inline([first])}</th>{cells}</tr>\n'
    yield "</tbody>\n</table>\n</div>\n"
