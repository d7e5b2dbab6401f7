"""How a document is made to fit: told in fewer words where it can be, then cut; what must be whole comes last."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from reconciler.render.part import Cut, Passage, cut, share


def fit(passages: Sequence[Passage], limit: int) -> list[Cut]:
    """A text for every passage, together at most `limit` bytes."""
    forms = [0] * len(passages)
    least = [found.least for found in passages]

    def sizes() -> list[int]:
        return [found.sizes[form] for found, form in zip(passages, forms, strict=True)]

    def with_others_cut() -> int:
        each = zip(passages, sizes(), least, strict=True)
        return sum(size if found.whole else min(size, needs) for found, size, needs in each)

    _shorten([found.whole for found in passages], passages, forms, lambda: with_others_cut() > limit)
    _shorten([not found.whole for found in passages], passages, forms, lambda: sum(sizes()) > limit)
    rooms = _rooms([found.whole for found in passages], sizes(), least, limit)
    chosen = (found.forms[form] for found, form in zip(passages, forms, strict=True))
    return [cut(parts, room) for parts, room in zip(chosen, rooms, strict=True)]


def _shorten(may: Sequence[bool], passages: Sequence[Passage], forms: list[int], too_much: Callable[[], bool]) -> None:
    """The largest first: each of those that may takes its next form, as long as there is too much."""
    while too_much():
        able = [index for index, form in enumerate(forms) if may[index] and form + 1 < len(passages[index].forms)]
        if not able:
            return
        forms[max(able, key=lambda index: passages[index].sizes[forms[index]])] += 1


def _rooms(whole: Sequence[bool], sizes: Sequence[int], least: Sequence[int], limit: int) -> list[int]:
    """What must be whole gets what it wants, in its order; the others share what is left."""
    least = [min(pair) for pair in zip(sizes, least, strict=True)]
    if sum(least) > limit:
        return _first_come(sizes, limit)
    rooms, left = list(least), limit - sum(least)
    for index in (index for index, is_whole in enumerate(whole) if is_whole):
        given = min(sizes[index] - least[index], left)
        rooms[index] += given
        left -= given
    others = [index for index, is_whole in enumerate(whole) if not is_whole]
    shared = left + sum(least[index] for index in others)
    for index, room in zip(others, share([sizes[i] for i in others], [least[i] for i in others], shared), strict=True):
        rooms[index] = room
    return rooms


def _first_come(sizes: Sequence[int], limit: int) -> list[int]:
    rooms = []
    for wanted in sizes:
        rooms.append(min(wanted, limit))
        limit -= rooms[-1]
    return rooms
