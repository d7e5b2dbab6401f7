"""What there is to say of a plan, as a reviewer reads it: what, about what, where, why it matters, what to type."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.diagnostics import Diagnostic, Severity
from reconciler.plan.change import Plan
from reconciler.render.tree import Line, Span, line


def findings(plan: Plan, severity: Severity) -> list[Line]:
    """Those of one severity, in the order in which they were made."""
    return [_line(found) for found in plan.diagnostics if found.severity == severity]


def _line(found: Diagnostic) -> Line:
    about = (" ", Span(found.address, "code")) if found.address and found.address not in found.summary else ()
    where = (" at ", Span(str(found.source), "code")) if found.source else ()
    code = (" ", Span(found.code, "dim")) if found.code else ()
    head = (Span(found.severity, found.severity), " ", Span(found.summary, "strong"), *about, *where, *code)
    return line(*head, under=_below(found))


def _below(found: Diagnostic) -> Iterator[Line]:
    if found.detail:
        yield line(found.detail)
    if found.hint:
        yield line(Span("hint: ", "dim"), Span(found.hint, "typed"))
