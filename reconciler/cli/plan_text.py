"""A plan on stdout, in the format that was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.cli.output import Output

if TYPE_CHECKING:
    from reconciler.plan.change import Plan


def show_plan(plan: Plan, output: Output, output_format: str) -> None:
    """The plan as text, or as one JSON document."""
    if output_format == "json":
        from reconciler import jsontext
        from reconciler.render.json_view import plan_document

        output.data(jsontext.dumps(plan_document(plan)))
        return
    from reconciler.render.plan_view import brief_view, plan_view

    output.show(brief_view(plan) if output.quiet else plan_view(plan, output.verbose))
