"""The results of an apply, one line per change. After a failure, the results are also shown."""

from __future__ import annotations

from collections import Counter

from reconciler.plan.change import Plan
from reconciler.plan.outcome import Outcome
from reconciler.render.phrases import counted, diagnostics_section
from reconciler.render.tree import Document, Line, Role, Span, document, line, section
from reconciler.render.views.plan import FOLD_OVER

_ROLES: dict[str, Role] = {"done": "good", "failed": "error", "blocked": "warning", "skipped": "dim"}
_PAST = {"create": "created", "update": "updated", "delete": "deleted", "forget": "forgotten"}


def result_view(plan: Plan, outcome: Outcome, place: str, verbose: bool = False, quiet: bool = False) -> Document:
    """Return a document with a line per change, the diagnostics of the apply, and a line with the total.

    With `quiet`, the lines for changes are left out.
    """
    return document(
        section(*([] if quiet else _lines(plan, outcome, verbose))),
        diagnostics_section(outcome.diagnostics, verbose),
        section(_total(plan, outcome, place)),
    )


def _lines(plan: Plan, outcome: Outcome, verbose: bool) -> list[Line]:
    lines = []
    for action in ("delete", "forget", "create", "update"):
        changes = [change for change in plan.effective if change.action == action]
        if len(changes) > FOLD_OVER and not verbose:
            lines += _folded(action, Counter(outcome.results[change.at] for change in changes))
            continue
        lines += [_one(outcome.results[change.at], f"{action} {change.address}") for change in changes]
    return lines


def _folded(action: str, results: Counter[str]) -> list[Line]:
    return [_one(result, f"{action} {counted(number, 'resource')}") for result, number in results.items()]


def _one(result: str, what: str) -> Line:
    return line(Span(f"{result:<8}", _ROLES[result]), what)


def _total(plan: Plan, outcome: Outcome, place: str) -> Line:
    if not plan.effective and plan.failed:
        return line(Span("Nothing was done", "error"), f"; the state is still at serial {outcome.serial}: {place}")
    if not plan.effective and plan.to_remember and outcome.applied:
        rest = "nothing else was changed" if plan.failed else "nothing else to do"
        return line(Span("Recorded", "good"), f"; {rest}. The state is at serial {outcome.serial}: {place}")
    if not plan.effective:
        return line(Span("Nothing to do", "good"), f": {place} is up to date.")
    if not outcome.applied and "done" in outcome.results.values():
        failed = sum(result != "done" for result in outcome.results.values())
        rest = f": {counted(failed, 'change')} of {len(outcome.results)} failed."
        return line(Span("Partly applied", "error"), rest, f" The state is at serial {outcome.serial}: {place}")
    if not outcome.applied:
        return line(
            Span("Nothing was done", "error"),
            f"; the state is still at serial {outcome.serial}: {place}",
        )
    counts = Counter[str](change.action for change in plan.effective)
    done = ", ".join(f"{counts[action]} {past}" for action, past in _PAST.items() if counts[action])
    return line(Span("Applied", "good"), f": {done}. The state is at serial {outcome.serial}: {place}")
