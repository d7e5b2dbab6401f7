"""A plan on stdout, in the format that was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.cli.output import Output

if TYPE_CHECKING:
    from reconciler.plan.change import Plan

FORMATS = ("text", "json", "markdown", "html")


def show_plan(plan: Plan, output: Output, output_format: str) -> None:
    """One document, also where the plan is only a list of errors."""
    if output_format == "text":
        from reconciler.render.plan_view import brief_view, plan_view

        output.show(brief_view(plan) if output.quiet else plan_view(plan, output.verbose))
    elif output_format == "json":
        from reconciler import jsontext
        from reconciler.render.json_view import plan_document

        output.data(jsontext.dumps(plan_document(plan)))
    else:
        output.data(_review(plan, output, output_format))


def _review(plan: Plan, output: Output, output_format: str) -> str:
    from reconciler.render.review_view import review_view

    document = review_view(plan, output.verbose, output.quiet)
    if output_format == "markdown":
        from reconciler.render.markdown import to_markdown

        return to_markdown(document)
    from reconciler.render.html import to_html

    return to_html(document, "".join(span.text for span in document[0].title))
