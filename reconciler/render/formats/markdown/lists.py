"""Lines as a Markdown list in three forms: full, compact and bare.

The compact form joins lines that differ only in their names. The bare form also leaves out the reasons. Each item
begins with its separator, so a list can end after any item.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from reconciler.render.formats.markdown import gfm
from reconciler.render.tree import AttributeDiff, Line, Span
from reconciler.values import dataclass

_SHORT = 3  # up to this many lines below another have no bullets


def full(lines: Iterable[Line]) -> Iterator[str]:
    """Yield one bullet per line, with the lines and differences that are nested under the line."""
    return ("\n" + _bullet(line) for line in lines)


def compact(lines: Iterable[Line]) -> Iterator[str]:
    """Yield one bullet per group of similar lines. The bullet lists the names in these lines."""
    return _joined(lines, bare=False)


def bare(lines: Iterable[Line]) -> Iterator[str]:
    """Yield bullets as in the compact form, without reasons and without nested lines."""
    return _joined(lines, bare=True)


def _joined(lines: Iterable[Line], bare: bool) -> Iterator[str]:
    runs: dict[object, list[_Named]] = {}
    for number, line in enumerate(lines):
        named = _named(line, bare)
        runs.setdefault(number if named.line.under or not named.name else (named.before, named.after), []).append(named)
    for run in runs.values():
        yield from _run(run)


@dataclass(frozen=True)
class _Named:
    """A line that is split at its name. `name` is empty if the line has no name or several names."""

    line: Line
    before: tuple[Span, ...]
    name: tuple[Span, ...]
    after: tuple[Span, ...]


def _named(line: Line, bare: bool) -> _Named:
    places = [number for number, span in enumerate(line.spans) if span.role == "name"]
    at = places[0] if len(places) == 1 else len(line.spans)
    before, name, after = line.spans[:at], line.spans[at : at + 1], line.spans[at + 1 :]
    return _Named(Line(before + name), before, name, ()) if bare else _Named(line, before, name, after)


def _run(run: Sequence[_Named]) -> Iterator[str]:
    first, *others = run
    if not others:
        yield "\n" + _bullet(first.line)
        return
    head = " ".join(filter(None, (gfm.inline(first.before), gfm.inline(first.after)))).rstrip(":")
    yield f"\n- {head}: {gfm.inline(first.name)}"
    yield from (f", {gfm.inline(other.name)}" for other in others)


def _bullet(line: Line, depth: int = 0) -> str:
    margin = "  " * depth
    return f"{margin}- {gfm.inline(line.spans)}" + "".join(_under(line.under, depth))


def _under(under: Sequence[Line | AttributeDiff], depth: int) -> Iterator[str]:
    margin = "  " * (depth + 1)
    for is_differing, group in groupby(under, key=lambda item: isinstance(item, AttributeDiff)):
        items = list(group)
        if is_differing:
            lines = gfm.differing(differs for differs in items if isinstance(differs, AttributeDiff))
            yield from (f"\n{margin}{shown}" for shown in lines)
            continue
        lines_under = [below for below in items if isinstance(below, Line)]
        plain = len(lines_under) <= _SHORT and not any(below.under for below in lines_under)
        for below in lines_under:
            yield f"\\\n{margin}{gfm.inline(below.spans)}" if plain else "\n" + _bullet(below, depth + 1)
