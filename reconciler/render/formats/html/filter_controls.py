"""The controls that filter the lines of a page. The controls are hidden until the page's script shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.render.formats.html.elements import text
from reconciler.render.tree import Document, Facets, Group, Line


def controls(document: Document) -> Iterator[str]:
    """Yield a search field, and a menu for each facet that has several values.

    If no line has facets, nothing is yielded.
    """
    facets = list(_facets(document))
    if not facets:
        return
    yield '<form id="filter" role="search" aria-label="Filter" hidden>\n'
    yield '<label>Filter <input type="search" id="words" autocomplete="off" spellcheck="false"'
    yield ' placeholder="words (press / to type here)" aria-describedby="count"></label>\n'
    for name in Facets.__dataclass_fields__:
        values = dict.fromkeys(getattr(facet, name) for facet in facets)
        yield from _choice(name, [value for value in values if value])
    yield '<button type="reset">Clear</button>\n<p id="count" role="status"></p>\n</form>\n'


def _choice(name: str, values: list[str]) -> Iterator[str]:
    if len(values) > 1:
        options = "".join(f'<option value="{text(value)}">{text(value)}</option>' for value in values)
        yield f'<label>{name.capitalize()} <select data-facet="{name}"><option value="">any</option>{options}'
        yield "</select></label>\n"


def _facets(document: Document) -> Iterator[Facets]:
    lines: Iterable[Line] = (line for section in document for block in section.blocks for line in _lines(block))
    return (line.facets for line in lines if line.facets is not None)


def _lines(block: object) -> Iterable[Line]:
    if isinstance(block, Group):
        return block.lines
    return (block,) if isinstance(block, Line) else ()
