"""The result of `gwctl lock` as text: a line per endpoint. The added and removed models are nested under the line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reconciler.lockfile.update import PinUpdate
from reconciler.render.phrases import counted, value
from reconciler.render.tree import Document, Line, Span, document, line, section
from reconciler.render.views.plan import FOLD_OVER


def lock_view(judged: Iterable[PinUpdate], last: str, verbose: bool = False) -> Document:
    """Return a document with a line per endpoint, and the line `last` at the end.

    With `verbose`, every model is shown.
    """
    return document(section(*(_entry(pin_update, verbose) for pin_update in judged)), section(line(last)))


def _entry(pin_update: PinUpdate, verbose: bool) -> Line:
    return line(Span(pin_update.name, "strong"), "  ", *_words(pin_update), under=_models(pin_update, verbose))


def _words(pin_update: PinUpdate) -> Iterator[Span]:
    number = counted(len(pin_update.pin.models), "model") if pin_update.pin else "no list"
    if pin_update.result == "kept":
        yield Span(
            f"{number}, kept as pinned: {pin_update.why}" if pin_update.pin else f"not pinned: {pin_update.why}",
            "warning",
        )
    elif pin_update.result == "unchanged":
        yield Span(f"{number}, unchanged", "dim")
    elif pin_update.result == "removed":
        yield Span(f"{pin_update.difference}: no longer pinned", "delete")
    else:
        yield Span(str(pin_update.difference) if pin_update.difference else f"{number}, no changes")
        yield Span(f"  ({pin_update.why})" if pin_update.why else "", "dim")


def _models(pin_update: PinUpdate, verbose: bool) -> Iterator[Line]:
    """Yield a line for each changed model.

    Removed models are never folded, because a reviewer must see each of them.
    """
    if pin_update.result == "removed":
        return
    yield from (line(Span(f"- {model_id}", "delete")) for model_id in pin_update.difference.removed)
    yield from _folded([Span(f"+ {model_id}", "create") for model_id in pin_update.difference.added], verbose)
    changed = [Span(f"~ {model_id}  {old} → {new}", "update") for model_id, old, new in pin_update.difference.changed]
    changed += [
        Span(f"~ {model_id}  {_differing(*sides)}", "update") for model_id, *sides in pin_update.difference.details
    ]
    yield from _folded(changed, verbose)


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Return the details of a model that differ: `context: 8192 → 16384`."""
    names = dict.fromkeys((*before, *after))
    return ", ".join(f"{name}: {value(before.get(name))} → {value(after.get(name))}" for name in names)


def _folded(spans: list[Span], verbose: bool) -> Iterator[Line]:
    shown = spans if verbose or len(spans) <= FOLD_OVER else spans[:FOLD_OVER]
    yield from map(line, shown)
    if len(shown) < len(spans):
        more = f"{shown[0].text[0]} {len(spans) - len(shown)} more  (-v shows each)"
        yield line(Span(more, "dim"))
