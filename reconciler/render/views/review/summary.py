"""The first section of a review: the gateway, the counts, and the state for which the plan was made."""

from __future__ import annotations

from reconciler.plan.change import Plan
from reconciler.plan.summary import Summary, summarise
from reconciler.render.tree import Line, Mark, Section, Span, line, section, spans
from reconciler.render.views.summary import counts_line, headline

MARK = "gwctl plan: "  # followed by the gateway's name; a program finds its earlier comment by this text
_DIGEST = len("sha256:") + 12


def summary(plan: Plan) -> Section:
    """Return the title, counts, causes and state.

    If the gateway file has errors, return a line about the missing plan.
    """
    summary = summarise(plan)
    mark = Mark(f"{MARK}{plan.name}".strip())
    name = (Span(plan.name, "name"), ": ") if plan.name else ()
    title = spans(*name, *headline(summary))
    if not summary.planned:
        return section(mark, line("Correct these errors to get a plan."), title=title, whole=True)
    lines = (counts_line(summary), _causes(summary), _made_for(plan))
    return section(mark, *(line for line in lines if line.spans), title=title, whole=True)


def _causes(summary: Summary) -> Line:
    words = ", ".join(f"{number} {cause}" for cause, number in summary.causes.items())
    return line(f"Causes: {words}." if words else "")


def _made_for(plan: Plan) -> Line:
    if plan.serial is None:
        state: tuple[str | Span, ...] = ("a state that was not read",)
    elif plan.lineage:
        state = (f"serial {plan.serial} of the state ", Span(plan.lineage, "code"))
    else:
        state = ("an empty state",)
    digest = (", from ", Span(plan.config_digest[:_DIGEST], "code")) if plan.config_digest else ()
    return line("Planned by gwctl for ", *state, *digest, ".")
