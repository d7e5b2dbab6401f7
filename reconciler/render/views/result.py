"""The results of an apply, one line per change. After a failure, the results are also shown."""

from __future__ import annotations

from collections import Counter
from typing import Literal

from reconciler.plan.change import Plan
from reconciler.plan.outcome import Outcome
from reconciler.render.phrases import counted, diagnostics_section
from reconciler.render.tree import Document, Line, Role, Span, document, line, section
from reconciler.render.views.plan import FOLD_OVER

Closing = Literal["total", "saved", "own"]
_ROLES: dict[str, Role] = {"done": "good", "failed": "error", "blocked": "warning", "skipped": "dim"}
_PAST = {"create": "created", "update": "updated", "delete": "deleted", "forget": "forgotten"}


def result_view(
    plan: Plan,
    outcome: Outcome,
    place: str,
    *,
    verbose: bool = False,
    quiet: bool = False,
    closing: Closing = "total",
) -> Document:
    """Return a document with a line per change, the diagnostics of the apply, and a closing line with the total.

    With `quiet`, the lines for changes are left out. `closing` is `saved` if the run has also saved a file. If it is
    `own`, the command has its own closing line for an apply that succeeded.
    """
    ends = closing != "own" or not outcome.applied or plan.failed
    return document(
        section(*([] if quiet else _lines(plan, outcome, verbose))),
        diagnostics_section(outcome.diagnostics, verbose),
        section(*([_total(plan, outcome, place, closing == "saved")] if ends else [])),
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


def counted_results(plan: Plan) -> str:
    """Return the number of changes for each action, such as `2 created, 1 deleted`."""
    counts = Counter[str](change.action for change in plan.effective)
    return ", ".join(f"{counts[action]} {past}" for action, past in _PAST.items() if counts[action])


def _total(plan: Plan, outcome: Outcome, place: str, is_saved: bool) -> Line:
    if not plan.effective:
        return _nothing(plan, outcome, place, is_saved)
    if not outcome.applied and "done" in outcome.results.values():
        failed = sum(result != "done" for result in outcome.results.values())
        rest = f": {counted(failed, 'change')} of {len(outcome.results)} failed."
        return line(Span("Partly applied", "error"), rest, _about_state(plan, outcome, place))
    if not outcome.applied:
        return line(Span(_nothing_was_done(is_saved), "error"), _as_before(plan, outcome, place))
    where = " on this machine" if all(change.scope == "machine" for change in plan.effective) else ""
    rest = f"{where}: {counted_results(plan)}."
    return line(Span("Applied", "good"), rest, _about_state(plan, outcome, place))


def _nothing(plan: Plan, outcome: Outcome, place: str, is_saved: bool) -> Line:
    """Return the line for a plan without changes. The apply may have recorded facts."""
    is_recorded = bool(plan.to_remember) and outcome.applied
    if plan.failed and not is_recorded:
        return line(Span(_nothing_was_done(is_saved), "error"), _as_before(plan, outcome, place))
    if is_recorded:
        rest = "nothing else was changed" if plan.failed else "nothing else to do"
        return line(Span("Recorded", "good"), f"; {rest}.", _about_state(plan, outcome, place))
    what = "this machine" if plan.scope == "machine" else place
    return line(Span("Nothing else to do" if is_saved else "Nothing to do", "good"), f": {what} is up to date.")


def _nothing_was_done(is_saved: bool) -> str:
    return "Nothing else was done" if is_saved else "Nothing was done"


def _about_state(plan: Plan, outcome: Outcome, place: str) -> str:
    """Return the sentence about the state. Every write of the state has a new serial."""
    if outcome.serial == (plan.serial or 0):
        return " The state was not changed."
    return f" The state is at serial {outcome.serial}: {place}"


def _as_before(plan: Plan, outcome: Outcome, place: str) -> str:
    return "." if plan.scope == "machine" else f"; the state is still at serial {outcome.serial}: {place}"
