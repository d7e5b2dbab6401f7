"""A part of a text: items between an opening and a closing, of which the last may be left out to make it fit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

TAIL = 40  # bytes at most for "… and 123456789 more"


def size(text: str) -> int:
    """Return the size in UTF-8 bytes, the upper bound of any server's count of characters."""
    return len(text.encode())


@dataclass(frozen=True, kw_only=True)
class Fragment:
    """A list of items that can be cut; `more` counts the items left out, at their place."""

    opening: str = ""
    items: tuple[str, ...] = ()
    closing: str = ""
    joiner: str = "\n"
    more: str = "… and {} more"

    def text(self, count: int | None = None) -> str:
        """Return the text with its first `count` items, or with all."""
        left = len(self.items) - len(self.items[:count])
        more = [self.more.format(left)] if left else []
        return self.opening + self.joiner.join([*self.items[:count], *more]) + self.closing

    @cached_property
    def size(self) -> int:
        """The size of the whole fragment."""
        return size(self.text())

    @cached_property
    def least(self) -> int:
        """The size without items, or with them where that is shorter."""
        return min(self.size, size(self.text(0)))

    def fitting(self, room: int) -> CutText:
        """Return as many items as fit; nothing where not even the opening fits."""
        if self.size <= room:
            return CutText(self.text())
        if self.least > room:
            return CutText("", len(self.items))
        gap = size(self.joiner)
        sizes = accumulate(size(item) + gap for item in self.items)
        count = sum(size + self.least <= room for size in sizes)
        return CutText(self.text(count), len(self.items) - count)


@dataclass(frozen=True)
class CutText:
    """A text, how many items were left out of it, and in which form of a passage it is."""

    text: str
    left: int = 0
    form: int = 0


@dataclass(frozen=True)
class CuttableSection:
    """Parts in several forms, from the fullest to the barest, each of which says all there is to say."""

    forms: tuple[tuple[Fragment, ...], ...]
    whole: bool = False
    noun: str = "line"

    @property
    def count(self) -> int:
        """The number of its items."""
        return sum(len(part.items) for part in self.forms[0])

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """The size of each form."""
        return tuple(sum(part.size for part in form) for form in self.forms)

    @property
    def least(self) -> int:
        """The size of its heading and item count."""
        head = sum(part.size for part in self.forms[-1][:1] if not part.items)
        return min(self.sizes[-1], TAIL + head)


def cut(parts: Sequence[Fragment], room: int) -> CutText:
    """Return the parts cut to shares of the room; too many of them are cut one after the other."""
    if sum(part.least for part in parts) > room:
        return _in_turn(parts, room)
    shares = share([part.size for part in parts], [part.least for part in parts], room)
    return joined(part.fitting(share) for part, share in zip(parts, shares, strict=True))


def share(sizes: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Return the shares of the room: small wants in full, equal shares for the rest, none below the least."""
    low, high = 0, room
    while low < high:
        middle = (low + high + 1) // 2
        fits = sum(min(wants, max(middle, needs)) for wants, needs in zip(sizes, least, strict=True)) <= room
        low, high = (middle, high) if fits else (low, middle - 1)
    return [min(wants, max(low, needs)) for wants, needs in zip(sizes, least, strict=True)]


def joined(cut_texts: Iterable[CutText]) -> CutText:
    """One after the other."""
    cuts = list(cut_texts)
    return CutText("".join(cut.text for cut in cuts), sum(cut.left for cut in cuts))


def _in_turn(parts: Sequence[Fragment], room: int) -> CutText:
    room -= TAIL
    if room < 0:
        return CutText("", sum(len(part.items) for part in parts))
    shown, left, unsaid = "", 0, 0
    for part in parts:
        cut_text = CutText("", len(part.items)) if left else part.fitting(room)
        room -= size(cut_text.text)
        shown += cut_text.text
        left += cut_text.left
        unsaid += 0 if cut_text.text else cut_text.left
    return CutText(shown + f"\n… and {unsaid} more\n" if unsaid else shown, left)
