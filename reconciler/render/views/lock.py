"""What became of the lock file, as people read it: an endpoint a line, and below it the models that came and went."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.lockfile.update import PinUpdate
from reconciler.render.phrases import counted
from reconciler.render.tree import Document, Line, Span, document, line, section
from reconciler.render.views.plan import FOLD_OVER


def lock_view(judged: Iterable[PinUpdate], last: str, verbose: bool = False) -> Document:
    """Every endpoint that was asked or went, then what it comes to; `verbose` shows every model."""
    return document(section(*(_entry(found, verbose) for found in judged)), section(line(last)))


def _entry(found: PinUpdate, verbose: bool) -> Line:
    return line(Span(found.name, "strong"), "  ", *_words(found), under=_models(found, verbose))


def _words(found: PinUpdate) -> Iterator[Span]:
    number = counted(len(found.pin.models), "model") if found.pin else "no list"
    if found.result == "kept":
        yield Span(f"{number}, kept as pinned: {found.why}" if found.pin else f"not pinned: {found.why}", "warning")
    elif found.result == "unchanged":
        yield Span(f"{number}, unchanged", "dim")
    elif found.result == "removed":
        yield Span(f"{found.difference}: not pinned any more", "delete")
    else:
        yield Span(str(found.difference) if found.difference else f"{number}, the same")
        yield Span(f"  ({found.why})" if found.why else "", "dim")


def _models(found: PinUpdate, verbose: bool) -> Iterator[Line]:
    """What goes is never folded away: whoever commits the file has seen each."""
    if found.result == "removed":
        return
    yield from (line(Span(f"- {model_id}", "delete")) for model_id in found.difference.removed)
    yield from _folded([Span(f"+ {model_id}", "create") for model_id in found.difference.added], verbose)
    changed = [Span(f"~ {model_id}  {old} → {new}", "update") for model_id, old, new in found.difference.changed]
    yield from _folded(changed, verbose)


def _folded(spans: list[Span], verbose: bool) -> Iterator[Line]:
    shown = spans if verbose or len(spans) <= FOLD_OVER else spans[:FOLD_OVER]
    yield from map(line, shown)
    if len(shown) < len(spans):
        more = f"{shown[0].text[0]} {len(spans) - len(shown)} more  (-v shows each)"
        yield line(Span(more, "dim"))
