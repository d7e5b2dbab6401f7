"""A plan for a reviewer: summary, deletes, endpoints, other changes, diagnostics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from reconciler.plan.change import Action, Change, HeldModel, Plan
from reconciler.render.phrases import counted
from reconciler.render.tree import Document, Facets, Group, Line, Section, Span, Table, document, line, section, spans
from reconciler.render.views.pairs import pairs_section
from reconciler.render.views.review.change import review_line
from reconciler.render.views.review.messages import findings
from reconciler.render.views.review.summary import summary
from reconciler.resources.observation import Listed, Observation, Status

FOLD_OVER = 20  # more lines than this are folded
_GOING = ("delete", "forget")
_ORDER: dict[Action, int] = {"delete": 0, "forget": 1, "update": 2, "create": 3}
_STATUS: dict[Status, Span] = {
    "listed": Span("listed", "good"),
    "empty": Span("empty", "warning"),
    "unlisted": Span("unlisted", "warning"),
    "skipped": Span("skipped", "dim"),
}


def review_view(plan: Plan, verbose: bool = False, quiet: bool = False) -> Document:
    """Return the whole plan. The summary is the first section.

    With `verbose`, nothing is folded. With `quiet`, only the summary, the deletes and the errors are shown.
    """
    errors = section(*findings(plan, "error"), title="Errors", whole=True, noun="error")
    if quiet:
        return document(summary(plan), _going(plan), errors)
    return document(
        summary(plan),
        _going(plan),
        _endpoints(plan),
        _others(plan, verbose),
        pairs_section(plan.pairs, len(plan.pairs) > FOLD_OVER and not verbose),
        section(*_held(plan.held, verbose), title="Held", noun="held model"),
        errors,
        section(*findings(plan, "warning"), title="Warnings", noun="warning"),
        section(*_folded(findings(plan, "note"), verbose), title="Notes", noun="note"),
    )


def _going(plan: Plan) -> Section:
    """Return the deletes and forgets.

    They are never folded, because the person who approves a plan must see each of them.
    """
    going = [change for change in plan.effective if change.action in _GOING]
    groups = (Group(_title(name, str(len(changes))), _lines(changes)) for name, changes in _by_endpoint(plan, going))
    return section(*groups, title=_to_do(going), whole=True, noun="delete")


def _others(plan: Plan, verbose: bool) -> Section:
    others = [change for change in plan.effective if change.action not in _GOING]
    groups = (
        Group(_title(name, _to_do(changes)), _lines(changes), len(changes) > FOLD_OVER and not verbose)
        for name, changes in _by_endpoint(plan, others)
    )
    return section(*groups, title=_to_do(others), noun="change")


def _to_do(changes: Sequence[Change]) -> str:
    counts = Counter(change.action for change in changes)
    return ", ".join(f"{counts[action]} to {action}" for action in _ORDER if counts[action])


def _by_endpoint(plan: Plan, changes: Sequence[Change]) -> list[tuple[str, list[Change]]]:
    """Return the changes by endpoint, in the order of the gateway file. The defaults come last."""
    names = dict.fromkeys((*plan.observations, *(change.address.endpoint for change in plan.effective)))
    by_name: dict[str, list[Change]] = {name: [] for name in (*filter(None, names), "")}
    for change in changes:
        by_name[change.address.endpoint].append(change)
    return [(name, changes) for name, changes in by_name.items() if changes]


def _title(name: str, words: str) -> tuple[Span, ...]:
    return spans(Span(name or "defaults", "strong"), f": {words}")


def _lines(changes: Iterable[Change]) -> tuple[Line, ...]:
    ordered = sorted(changes, key=lambda change: (change.address.is_model, _ORDER[change.action]))
    return tuple(map(review_line, ordered))


def _endpoints(plan: Plan) -> Section:
    header = ("Endpoint", "List", "Models", "Time", "Code", "Asked")
    rows = tuple(_row(name, seen) for name, seen in plan.observations.items())
    table = Table(header, rows, frozenset({2, 3}))
    return section(*([table] if rows else []), title="Endpoints", noun="endpoint")


def _row(name: str, seen: Observation) -> tuple[Span, ...]:
    models = str(len(seen.answer.models)) if isinstance(seen.answer, Listed) else ""
    models += f" ({seen.pinned} pinned)" if seen.pinned is not None else ""
    took = "" if seen.latency_ms is None else _time(seen.latency_ms)
    answer = f" (HTTP {seen.http_status})" if seen.http_status and seen.http_status != 200 else ""
    code = Span(f"{seen.code}{answer}" if seen.code else "", "code")
    return (Span(name, "strong"), _STATUS[seen.status], Span(models), Span(took), code, Span(seen.url or "", "code"))


def _time(milliseconds: int) -> str:
    return f"{milliseconds} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"


def _held(held: Sequence[HeldModel], verbose: bool) -> list[Group]:
    by_endpoint: dict[str, list[HeldModel]] = {}
    for model in held:
        by_endpoint.setdefault(model.address.endpoint, []).append(model)
    return [_held_group(name, held, verbose) for name, held in by_endpoint.items()]


def _held_group(name: str, held: Sequence[HeldModel], verbose: bool) -> Group:
    what = f": {counted(len(held), 'model')}, {held[0].why}; to delete them: "
    title = spans(Span(name, "strong"), what, Span(held[0].accept_with, "code"))
    lines = tuple(
        line(Span("held", "held"), " ", Span(held.address.model_id, "name"), facets=Facets("held", "", name))
        for held in held
    )
    return Group(title, lines, len(held) > FOLD_OVER and not verbose)


def _folded(lines: Sequence[Line], verbose: bool) -> list[Group]:
    return [Group(spans(counted(len(lines), "note")), tuple(lines), not verbose)] if lines else []
