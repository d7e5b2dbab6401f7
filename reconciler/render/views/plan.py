"""A plan as text, in sections by endpoint.

Deletes are first, each model has a line, and the last line has the counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from reconciler.plan.change import Action, Change, Plan
from reconciler.plan.summary import summarise
from reconciler.render.phrases import counted, diagnostics_section
from reconciler.render.tree import Document, Line, Section, Span, document, line, section
from reconciler.render.views.change import change_line, folded_line
from reconciler.render.views.live import endpoint_words
from reconciler.render.views.summary import counting_line
from reconciler.text import printable

FOLD_OVER = 20  # an endpoint with more models of one action shows only their number
_ORDER: dict[Action, int] = {"delete": 0, "forget": 1, "create": 2, "update": 3}


def plan_view(plan: Plan, verbose: bool = False) -> Document:
    """Return the whole plan. With `verbose`, every model and the detail of every note are shown."""
    groups = _by_endpoint(plan)
    return document(
        *_together(_endpoint(plan, name, group, verbose) for name, group in groups.items() if name),
        section(*map(change_line, groups.get("", ()))),
        _held(plan, verbose),
        diagnostics_section(plan.diagnostics, verbose),
        section(counting_line(summarise(plan))),
    )


def brief_view(plan: Plan) -> Document:
    """Return only the errors and the last line of a plan."""
    errors = [diagnostic for diagnostic in plan.diagnostics if diagnostic.severity == "error"]
    return document(diagnostics_section(errors), section(counting_line(summarise(plan))))


def _by_endpoint(plan: Plan) -> dict[str, list[Change]]:
    """Return the changes by endpoint, in the order of the gateway file. The key of the defaults is ""."""
    groups: dict[str, list[Change]] = {name: [] for name in plan.observations}
    for change in plan.effective:
        groups.setdefault(change.address.endpoint, []).append(change)
    return {name: sorted(changes, key=_rank) for name, changes in groups.items()}


def _rank(change: Change) -> tuple[bool, int]:
    return change.address.is_model, _ORDER[change.action]


def _together(endpoints: Iterable[Line]) -> list[Section]:
    """Return a section per endpoint. Adjacent endpoints without changes share a section."""
    return [section(*lines) for _, lines in groupby(endpoints, key=lambda line: id(line) if line.under else 0)]


def _endpoint(plan: Plan, name: str, changes: Sequence[Change], verbose: bool) -> Line:
    seen = plan.observations.get(name)
    words = endpoint_words(seen) if seen else [Span(_leaving(changes), "dim")]
    under = _folded(changes, verbose)
    return line(Span(name, "strong"), "  ", *words, under=under)


def _leaving(changes: Sequence[Change]) -> str:
    words = "to be forgotten" if all(change.action == "forget" for change in changes) else "to be removed"
    return words if any(change.scope == "shared" for change in changes) else f"{words} from this machine"


def _folded(changes: Sequence[Change], verbose: bool) -> list[Line]:
    """Return the lines of the changes.

    Deletes are never folded, because the person who approves a plan must see each delete.
    """
    lines: list[Line] = []
    for action in _ORDER:
        models = [change for change in changes if change.address.is_model and change.action == action]
        if action == "delete" or verbose or len(models) <= FOLD_OVER:
            lines += map(change_line, models)
        else:
            lines.append(folded_line(action, models))
    own = sorted(
        (change for change in changes if not change.address.is_model), key=lambda change: change.address.kind.order
    )
    return [*map(change_line, own), *lines]


def _held(plan: Plan, verbose: bool) -> Section:
    by_endpoint: dict[str, list[str]] = {}
    for held in plan.held:
        by_endpoint.setdefault(held.address.endpoint, []).append(held.address.model_id)
    return section(*(_held_line(name, ids, verbose) for name, ids in by_endpoint.items()))


def _held_line(name: str, ids: list[str], verbose: bool) -> Line:
    shown = ids if verbose or len(ids) <= FOLD_OVER else ids[:FOLD_OVER]
    more = f" and {len(ids) - len(shown)} more" if len(shown) < len(ids) else ""
    head = f"{counted(len(ids), 'model')} of {name} held: missing from a short list"
    names = tuple(line(Span(model_id, "held")) for model_id in shown)
    tail = (line(Span(f"…{more} (-v shows all)", "dim")),) if more else ()
    return line(Span("= ", "held"), head, f" (to delete them: --accept-catalog {printable(name)})", under=names + tail)
