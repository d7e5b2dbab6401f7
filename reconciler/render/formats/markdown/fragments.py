"""A list of items between an opening and a closing text. If the list does not fit, the last items are left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import accumulate

from reconciler.values import dataclass

TAIL = 40  # the most bytes of "… and 123456789 more"


def size(text: str) -> int:
    """Return the size of a text in bytes of UTF-8. The number of characters is never larger."""
    return len(text.encode())


@dataclass(frozen=True, kw_only=True)
class Fragment:
    """A list of items that can be cut. The text `more` replaces the items that are left out, and has their number."""

    opening: str = ""
    items: tuple[str, ...] = ()
    closing: str = ""
    joiner: str = "\n"
    more: str = "… and {} more"

    def text(self, count: int | None = None) -> str:
        """Return the fragment's text with its first `count` items.

        If `count` is None, return the text with all items.
        """
        left = len(self.items) - len(self.items[:count])
        more = [self.more.format(left)] if left else []
        return self.opening + self.joiner.join([*self.items[:count], *more]) + self.closing

    @cached_property
    def size(self) -> int:
        """The size of the whole fragment in bytes of UTF-8."""
        return size(self.text())

    @cached_property
    def least(self) -> int:
        """The smaller of two sizes: the size without items, and the size with all items."""
        return min(self.size, size(self.text(0)))

    def fitting(self, room: int) -> CutText:
        """Return the fragment's text with as many items as fit `room` bytes.

        Return an empty text if the opening and closing texts do not fit.
        """
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
    """A text, the number of items that were left out, and the index of the section's form that was used."""

    text: str
    left: int = 0
    form: int = 0


@dataclass(frozen=True)
class CuttableSection:
    """A section in several forms. The first form has the most text. Every form has an entry for every item."""

    forms: tuple[tuple[Fragment, ...], ...]
    whole: bool = False
    noun: str = "line"

    @property
    def count(self) -> int:
        """The number of items in the section."""
        return sum(len(part.items) for part in self.forms[0])

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """The size of each form of the section in bytes of UTF-8."""
        return tuple(sum(part.size for part in form) for form in self.forms)

    @property
    def least(self) -> int:
        """The size of the section if all its items are left out: the heading, and the line that counts the items."""
        head = sum(part.size for part in self.forms[-1][:1] if not part.items)
        return min(self.sizes[-1], TAIL + head)


def cut(parts: Sequence[Fragment], room: int) -> CutText:
    """Return the text of the fragments, cut to `room` bytes together.

    Each fragment is cut to its share. If there are too many fragments for shares, the last fragments are left out.
    """
    if sum(part.least for part in parts) > room:
        return _in_turn(parts, room)
    shares = share([part.size for part in parts], [part.least for part in parts], room)
    return joined(part.fitting(share) for part, share in zip(parts, shares, strict=True))


def share(sizes: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Return the number of bytes for each fragment. Together, the numbers are at most `room`.

    A small fragment gets its full size. The other fragments get equal shares, but each gets at least its number in
    `least`.
    """
    low, high = 0, room
    while low < high:
        middle = (low + high + 1) // 2
        fits = sum(min(wants, max(middle, needs)) for wants, needs in zip(sizes, least, strict=True)) <= room
        low, high = (middle, high) if fits else (low, middle - 1)
    return [min(wants, max(low, needs)) for wants, needs in zip(sizes, least, strict=True)]


def joined(cut_texts: Iterable[CutText]) -> CutText:
    """Return the texts as one text, with the sum of the items that were left out."""
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
