"""A document without a layout, for a screen reader. Each line can be understood by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reconciler.render.tree import Block, Document, Group, Line, Quote, Span, Table, line

_CHANGES = ("create", "update", "delete", "forget")


def plain(document: Document) -> Document:
    """Return the document with one line for each row of a table. Words replace signs and marks."""
    return tuple(
        replace(section, blocks=tuple(each for block in section.blocks for each in _block(block)))
        for section in document
    )


def _block(block: Block) -> Iterator[Block]:
    if isinstance(block, Table):
        yield from (_row(block.header, row) for row in block.rows)
    elif isinstance(block, Line):
        yield _line(block)
    elif isinstance(block, Group):
        yield Group(tuple(map(_span, block.title)), tuple(map(_line, block.lines)), block.folded)
    else:
        yield block


def _row(header: tuple[str, ...], row: tuple[Span, ...]) -> Line:
    cells = [(title, span) for title, span in zip(header, row, strict=False) if span.text]
    parts = [
        part
        for number, (title, span) in enumerate(cells)
        for part in ("; " if number else "", f"{title.lower()}: " if title else "", span)
    ]
    return line(*parts)


def _line(each: Line) -> Line:
    under = tuple(_line(below) if isinstance(below, Line) else below for below in each.under)
    return Line(tuple(map(_span, each.spans)), (*_said(each.quote), *under), each.facets)


def _said(quote: Quote | None) -> Iterator[Line]:
    if quote is not None:
        yield line(f"line {quote.number}: {quote.text.strip()}")
        if fault := quote.text[quote.start : quote.end].strip():
            yield line(f"the fault is at: {fault}")


def _span(span: Span) -> Span:
    is_signed = span.role in _CHANGES and span.text[1:2] == " " and not span.text[:1].isalnum()
    return Span(f"{span.role}{span.text[1:]}", span.role) if is_signed else span
