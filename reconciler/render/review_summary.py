"""The head of a review: whose plan it is, what it comes to, and which state it was made for."""

from __future__ import annotations

from collections import Counter

from reconciler.plan.change import Plan
from reconciler.render.tree import Line, Mark, Section, Span, line, section, spans
from reconciler.render.verdict import beside, to_do
from reconciler.render.words import counted

MARK = "gwctl plan: "  # with the gateway's name: by it a program finds the comment that it wrote before
_DIGEST = len("sha256:") + 12


def summary(plan: Plan) -> Section:
    """Title, counts, causes and state; for files that cannot be used, that there is no plan."""
    mark = Mark(f"{MARK}{plan.name}".strip())
    name = (Span(plan.name, "name"), ": ") if plan.name else ()
    if plan.serial is None:
        number = sum(found.severity == "error" for found in plan.diagnostics)
        title = spans(*name, Span("no plan", "error"), f", {counted(number, 'error')}")
        return section(mark, line("Nothing can be planned before this is mended."), title=title, whole=True)
    title = spans(*name, *(to_do(plan) or (Span("no changes", "good"),)))
    lines = (_counts(plan), _causes(plan), _made_for(plan))
    return section(mark, *(found for found in lines if found.spans), title=title, whole=True)


def _counts(plan: Plan) -> Line:
    severities = Counter(found.severity for found in plan.diagnostics)
    stop = [Span("Stopped until it is allowed", "strong")] if plan.stopped else []
    errors = [Span(counted(severities["error"], "error"), "strong")] if severities["error"] else []
    warnings = [Span(counted(severities["warning"], "warning"))] if severities["warning"] else []
    rest = [Span(words) for words in beside(plan)[: -1 if plan.stopped else None]]
    first, *others = (*stop, *errors, *warnings, *rest)
    return line(first, *(part for each in others for part in (", ", each)), ".")


def _causes(plan: Plan) -> Line:
    causes = Counter(found.cause for found in plan.effective if found.cause)
    words = ", ".join(f"{number} {cause}" for cause, number in causes.most_common())
    return line(f"Causes: {words}." if words else "")


def _made_for(plan: Plan) -> Line:
    empty = ("a state that is still empty",)
    state = (f"serial {plan.serial} of the state ", Span(plan.lineage, "code")) if plan.lineage else empty
    digest = (", from ", Span(plan.config_digest[:_DIGEST], "code")) if plan.config_digest else ()
    return line("Planned by gwctl for ", *state, *digest, ".")
