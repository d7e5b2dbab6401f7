"""The shortening of a document to a size limit.

Sections are shortened before a section is cut. Required sections are cut last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reconciler.render.formats.markdown.fragments import CuttableSection, CutText, cut, share


def fit(passages: Sequence[CuttableSection], limit: int) -> list[CutText]:
    """Return a text for every section. Together, the texts have at most `limit` bytes."""
    whole, others = ([at for at, section in enumerate(passages) if section.whole is wanted] for wanted in (True, False))
    forms = [0] * len(passages)
    _shorten_whole(whole, passages, forms, limit - sum(passages[at].least for at in others))
    _shorten(
        others, others, passages=passages, forms=forms, limit=limit - sum(passages[at].sizes[forms[at]] for at in whole)
    )
    rooms = _rooms(whole, others, passages=passages, forms=forms, limit=limit)
    cuts = (cut(section.forms[form], room) for section, form, room in zip(passages, forms, rooms, strict=True))
    return [replace(cut, form=form) for cut, form in zip(cuts, forms, strict=True)]


def _shorten_whole(whole: Sequence[int], passages: Sequence[CuttableSection], forms: list[int], limit: int) -> None:
    """Shorten as few required sections as possible, in their order.

    If all required sections together exceed the limit even in a shorter form, the last sections get their shortest
    form. These sections are cut later.
    """
    for end in range(len(whole), -1, -1):
        kept, room = whole[:end], limit - sum(passages[at].least for at in whole[end:])
        for number in range(end + 1):
            short = sum(passages[at].sizes[-1] for at in kept[:number])
            if short + sum(passages[at].sizes[0] for at in kept[number:]) <= room:
                _shorten(kept[:number], kept, passages=passages, forms=forms, limit=room)
                _shorten(whole[end:], whole[end:], passages=passages, forms=forms, limit=0)
                return


def _shorten(
    able: Sequence[int], among: Sequence[int], passages: Sequence[CuttableSection], forms: list[int], limit: int
) -> None:
    """Shorten the largest section in `able` until the sections in `among` fit the limit."""
    while sum(passages[at].sizes[forms[at]] for at in among) > limit:
        able = [at for at in able if forms[at] + 1 < len(passages[at].forms)]
        if not able:
            return
        forms[max(able, key=lambda at: passages[at].sizes[forms[at]])] += 1


def _rooms(
    whole: Sequence[int], others: Sequence[int], passages: Sequence[CuttableSection], forms: Sequence[int], limit: int
) -> list[int]:
    """Return the number of bytes for each section.

    Required sections get their bytes in order. The other sections share the rest.
    """
    sizes = [section.sizes[form] for section, form in zip(passages, forms, strict=True)]
    rooms = [min(size, section.least) for size, section in zip(sizes, passages, strict=True)]
    left = limit - sum(rooms)
    if left < 0:
        return _first_come(sizes, limit)
    for at in whole:
        more = min(sizes[at] - rooms[at], left)
        rooms[at] += more
        left -= more
    shared = share([sizes[at] for at in others], [rooms[at] for at in others], left + sum(rooms[at] for at in others))
    for at, room in zip(others, shared, strict=True):
        rooms[at] = room
    return rooms


def _first_come(sizes: Sequence[int], limit: int) -> list[int]:
    rooms = []
    for wanted in sizes:
        rooms.append(min(wanted, limit))
        limit -= rooms[-1]
    return rooms
