"""A plan on stdout, in the format that the user chose."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from reconciler import codes
from reconciler.cli.console.output import Output
from reconciler.diagnostics import Diagnostic, error
from reconciler.text import printable

if TYPE_CHECKING:
    from reconciler.plan.change import Plan

FORMATS = ("text", "json", "markdown", "html")


def no_plan(diagnostics: Sequence[Diagnostic], name: str, command: str) -> Sequence[Diagnostic]:
    """Return the diagnostics for a file that is not a saved plan. For a gateway file, the hint contains `-f`."""
    broken = any(diagnostic.code in (codes.PLAN_BROKEN, codes.PLAN_UNREADABLE) for diagnostic in diagnostics)
    if not broken or not name.endswith((".yaml", ".yml")):
        return diagnostics
    shown, quoted = printable(name), printable(shlex.quote(name))
    summary = f"{shown} is not a saved plan; a gateway file needs -f"
    return [error(codes.NOT_A_PLAN, summary, detail="Nothing was done.", hint=f"gwctl {command} -f {quoted}")]


def show_plan(plan: Plan, output: Output, output_format: str) -> None:
    """Print the plan as one document, even if the plan has only errors."""
    if output_format == "text":
        from reconciler.render.views.plan import brief_view, plan_view

        output.show(brief_view(plan) if output.quiet else plan_view(plan, output.verbose))
    elif output_format == "json":
        from reconciler import safe_json
        from reconciler.render.json.plan import plan_document

        output.data(safe_json.dumps(plan_document(plan)))
    else:
        output.data(_review(plan, output, output_format))


def _review(plan: Plan, output: Output, output_format: str) -> str:
    from reconciler.render.views.review.document import review_view

    document = review_view(plan, output.verbose, output.quiet)
    if output_format == "markdown":
        from reconciler.render.formats.markdown.document import to_markdown

        return to_markdown(document)
    from reconciler.render.formats.html.page import to_html

    return to_html(document, "".join(span.text for span in document[0].title))
