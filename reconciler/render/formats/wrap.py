"""Lines folded between words to the width of a terminal. Commands stay whole, so that a reader can copy them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from reconciler.pattern import pattern

Width = Callable[[str], int]
Range = tuple[int, int]  # from the first character to the one after the last
LATER = 4  # columns by which the second line of a text is indented further than the first
_QUOTED = pattern(r"`[^`]*`")
_PROGRAMS = "|".join(("gwctl", "git", "chmod", "export", "eval", "unset", "pip", "pipx", "uv", "python3?"))
_ARGUMENTS = r"""(?:"[^"]*"|'[^']*'|`[^`]*`|(?!; |, | \(|\)).)*"""
_ASSIGNED = r"(?:\w+=\S+ )"
_TYPED = pattern(
    rf"(?<![^\s(])(?:{_ASSIGNED}*(?:{_PROGRAMS})|{_ASSIGNED}+\S+) {_ARGUMENTS}|(?<![^\s(])\{{[^{{}}]*\}}|`[^`]*`"
)


def fold_text(text: str, room: int, width: Width, later: int = LATER, typed: Range = (0, 0)) -> list[str]:
    """Return the text as lines of at most `room` columns. All lines except the first are indented by `later` columns.

    A word or a command that does not fit stays whole, on its own line. Commands are looked for in the range `typed`.
    """
    ranges = line_ranges(text, [typed], room, width, later)
    first, *others = (text[start:end] for start, end in ranges)
    return [first, *(" " * later + other for other in others)]


def line_ranges(text: str, typed: Sequence[Range], room: int, width: Width, later: int) -> list[Range]:
    """Return the range of the text for each line. Commands are looked for in the ranges `typed`."""
    if width(text) <= room:
        return [(0, len(text))]
    lines: list[Range] = []
    for start, end in _pieces(text, typed):
        begun, indent = (lines[-1][0], later if len(lines) > 1 else 0) if lines else (start, 0)
        if lines and indent + width(text[begun:end]) <= room:
            lines[-1] = (begun, end)
        else:
            lines.append((start, end))
    return lines or [(0, len(text))]


def margin(text: str) -> int:
    """Return the number of spaces before the text."""
    return len(text) - len(text.lstrip(" "))


def _pieces(text: str, typed: Sequence[Range]) -> Iterator[Range]:
    """Yield the range of each word or command. The first range includes the spaces before the first word."""
    whole = sorted([*_commands(text, typed), *(found.span() for found in _QUOTED.finditer(text))])
    at = margin(text)
    start = 0
    while at < len(text):
        end = _end(text, at, whole)
        yield start, end
        start = at = end + margin(text[end:])


def _end(text: str, at: int, whole: Sequence[Range]) -> int:
    """Return the end of the piece that begins at `at`. A piece ends at the next space outside of a command."""
    end = at
    while end < len(text) and text[end] != " ":
        end = next((until for begun, until in whole if begun <= end < until), end + 1)
    return end


def _commands(text: str, typed: Sequence[Range]) -> Iterator[Range]:
    for start, end in typed:
        for found in _TYPED.finditer(text, start, end):
            yield found.start(), found.start() + len(found[0].rstrip())
