"""The diagnostics of a plan for a reviewer: summary, address, position, detail, hint."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.diagnostics import Diagnostic, Severity
from reconciler.plan.change import Plan
from reconciler.render.phrases import is_address_shown
from reconciler.render.tree import Line, Span, line


def findings(plan: Plan, severity: Severity) -> list[Line]:
    """Return a line per diagnostic of one severity. The diagnostics keep their order."""
    return [_line(diagnostic) for diagnostic in plan.diagnostics if diagnostic.severity == severity]


def _line(diagnostic: Diagnostic) -> Line:
    about = (" ", Span(str(diagnostic.address), "code")) if is_address_shown(diagnostic) else ()
    where = (" at ", Span(str(diagnostic.source), "code")) if diagnostic.source else ()
    code = (" ", Span(diagnostic.code, "dim")) if diagnostic.code else ()
    head = (
        Span(diagnostic.severity, diagnostic.severity),
        " ",
        Span(diagnostic.summary, "strong"),
        *about,
        *where,
        *code,
    )
    return line(*head, under=_below(diagnostic))


def _below(diagnostic: Diagnostic) -> Iterator[Line]:
    if diagnostic.detail:
        yield line(diagnostic.detail)
    if diagnostic.hint:
        yield line(Span("hint: ", "dim"), Span(diagnostic.hint, "typed"))
