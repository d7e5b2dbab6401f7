"""A document as GitHub's Markdown, for a comment on a pull request.

The comment never exceeds GitHub's limit, and text from outside never becomes markup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from reconciler.render.formats.markdown import gfm
from reconciler.render.formats.markdown.fit import fit
from reconciler.render.formats.markdown.fragments import CuttableSection, CutText, Fragment
from reconciler.render.formats.markdown.lists import bare, compact, full
from reconciler.render.tree import Block, Document, Group, Line, Mark, Section, Span, Table

LIMIT = 60_000  # GitHub accepts at most 65,536 characters
_NOTICE = 200  # the most bytes of one notice about omitted items
_MORE = "\n- … and {} more"

Form = Callable[[Iterable[Line]], Iterable[str]]
_FORMS: tuple[Form, ...] = (full, compact, bare)


def to_markdown(document: Document, limit: int = LIMIT) -> str:
    """Return the document as Markdown with less than `limit` bytes of UTF-8. The text ends with a newline.

    A text never has more characters than bytes, so the result also keeps a limit in characters.
    """
    passages = [_passage(section, number == 0) for number, section in enumerate(document)]
    cuts = fit(passages, limit - _NOTICE * (1 + sum(section.whole for section in passages)))
    head, *rest = [cut_text.text for cut_text in cuts] or [""]
    return "".join([head, *_notices(passages, cuts), *rest]).lstrip("\n")


def _notices(passages: Sequence[CuttableSection], cuts: Sequence[CutText]) -> Iterator[str]:
    """Yield a notice for each required section that is cut or shortened, and one notice for all other cut sections."""
    pairs = list(zip(passages, cuts, strict=True))
    for passage, cut in pairs:
        if passage.whole and cut.left:
            missing = f"{cut.left} of the {passage.count} {passage.noun}s"
            yield f"\n**{missing} do not fit here and are not shown. See the HTML page or `gwctl show`.**\n"
        elif passage.whole and cut.form == _FORMS.index(bare):
            yield f"\nShortened to fit here: the HTML page and `gwctl show` have all {passage.noun}s.\n"
    left = sum(cut.left for passage, cut in pairs if not passage.whole)
    if left:
        yield f"\nShortened to fit here: {left} more lines are in the HTML page and in `gwctl show`.\n"


def _passage(section: Section, is_first: bool) -> CuttableSection:
    marks = "".join(f"{gfm.comment(block.text)}\n" for block in section.blocks if isinstance(block, Mark))
    title = f"\n{'##' if is_first else '###'} {_title(section.title)}\n" if section.title else ""
    head = (Fragment(opening=marks + title),) if marks or title else ()
    leading = is_first and bool(title)
    forms = _FORMS if section.whole else _FORMS[:2]
    return CuttableSection(
        tuple((*head, *_parts(section.blocks, form, leading)) for form in forms), section.whole, section.noun
    )


def _title(spans: Iterable[Span]) -> str:
    """Return the title of a section without bold spans, because GitHub makes the whole heading bold."""
    return gfm.inline(span if span.role in ("code", "name") else Span(span.text) for span in spans)


def _parts(blocks: Iterable[Block], form: Form, leading: bool) -> Iterator[Fragment]:
    for kind, group in groupby(blocks, key=type):
        items = list(group)
        if kind is Line:
            lines = [block for block in items if isinstance(block, Line)]
            yield (
                _paragraph(lines)
                if leading
                else Fragment(opening="", items=tuple(form(lines)), closing="\n", joiner="", more=_MORE)
            )
        for block in items:
            if isinstance(block, Group):
                yield _group(block, form)
            elif isinstance(block, Table):
                yield _table(block)


def _paragraph(lines: Iterable[Line]) -> Fragment:
    return Fragment(opening="\n", items=tuple(gfm.inline(line.spans) for line in lines), closing="\n", joiner="\\\n")


def _group(group: Group, form: Form) -> Fragment:
    items = tuple(form(group.lines))
    if group.folded:
        opening = f"\n<details><summary>{gfm.html(group.title)}</summary>\n"
        return Fragment(opening=opening, items=items, closing="\n\n</details>\n", joiner="", more=_MORE)
    return Fragment(opening=f"\n{gfm.inline(group.title)}\n", items=items, closing="\n", joiner="", more=_MORE)


def _table(table: Table) -> Fragment:
    header = _row(map(Span, table.header))
    marks = " | ".join("---:" if number in table.numbers else "---" for number in range(len(table.header)))
    rows = tuple(_row(row) for row in table.rows)
    return Fragment(opening=f"\n{header}\n| {marks} |\n", items=rows, closing="\n", more="\n… and {} more")


def _row(cells: Iterable[Span]) -> str:
    return f"| {' | '.join(map(gfm.cell, cells))} |"
