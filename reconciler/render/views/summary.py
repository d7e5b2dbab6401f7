"""The summary of a plan, which is the same in every format."""

from __future__ import annotations

from typing import Literal

from reconciler.address import ENDPOINT, owned_kinds
from reconciler.plan.change import Scope
from reconciler.plan.summary import Summary
from reconciler.render.phrases import counted
from reconciler.render.tree import Line, Span, line, spans

_COUNTED: tuple[Literal["create", "update", "delete", "forget"], ...] = (
    "create",
    "update",
    "delete",
    "forget",
)

_WHOSE: dict[Scope, tuple[str, ...]] = {
    "all": (),
    "shared": ("scope: shared",),
    "machine": ("scope: this machine",),
}
_STOPPED = "blocked until the deletes are allowed"


def headline(summary: Summary) -> tuple[Span, ...]:
    """Return `1 to create, 2 to delete`, or `no changes`, or `no plan, 1 error`."""
    if not summary.planned:
        return spans(Span("no plan", "error"), f", {counted(summary.severities.get('error', 0), 'error')}")
    return to_do(summary) or (Span("no changes", "good"),)


def to_do(summary: Summary) -> tuple[Span, ...]:
    """Return the counts of changes, such as `1 to create, 2 to delete`. Return nothing if no change is planned."""
    counts = summary.counts
    parts = [Span(f"{counts[action]} to {action}", action) for action in _COUNTED if counts[action]]
    return spans(*(part for span in parts for part in (", ", span)))[1:]


def counting_line(summary: Summary) -> Line:
    """Return the last line of a plan as text: the counts, and a remark if the plan is incomplete."""
    if not summary.planned:
        return line(Span("No plan", "error"), *headline(summary)[1:], ". Nothing was changed.")
    counts = to_do(summary)
    head = (Span("Plan: ", "strong"), *counts) if counts else (Span("No changes", "good"),)
    return line(*head, "; " + ", ".join(beside(summary)) + ".")


def counts_line(summary: Summary) -> Line:
    """Return the first line of a review.

    A block by deletes, the errors and the warnings come first. The counts of unchanged resources follow.
    """
    severities = summary.severities
    stop = [Span(_STOPPED.capitalize(), "strong")] if summary.stopped else []
    errors = [Span(counted(severities["error"], "error"), "strong")] if severities.get("error") else []
    warnings = [Span(counted(severities["warning"], "warning"))] if severities.get("warning") else []
    rest = [Span(words) for words in beside(summary) if words != _STOPPED]
    first, *others = (*stop, *errors, *warnings, *rest)
    return line(first, *(part for other in others for part in (", ", other)), ".")


def beside(summary: Summary) -> list[str]:
    """Return the counts of unchanged resources, and a remark if some data could not be read."""
    rest = [*_WHOSE[summary.scope], f"{summary.counts['none']} unchanged"]
    rest += [f"{summary.held} held"] if summary.held else []
    endpoints = summary.blocked.get(ENDPOINT, 0) - summary.new
    alone = (endpoints, ENDPOINT.noun, ENDPOINT.left), (summary.new, f"new {ENDPOINT.noun}", "not applied")
    owned = ((summary.blocked.get(kind, 0), kind.noun, kind.left) for kind in owned_kinds())
    for number, noun, words in (*alone, *owned):
        rest += [f"{counted(number, noun)} {words}"] if number else []
    rest += [] if summary.state_read else ["the state was not read"]
    return rest + _unfinished(summary)


def _unfinished(summary: Summary) -> list[str]:
    if summary.stopped:
        return [_STOPPED]
    return ["incomplete"] if summary.unseen else []
