"""The steps of `gwctl apply` and `gwctl destroy`: show the plan, ask for approval, apply the plan, show the results."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from reconciler import safe_json
from reconciler.cli.consents import approve
from reconciler.cli.console.output import Output
from reconciler.cli.console.prompts import nobody_there

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.diagnostics import Diagnostic
    from reconciler.engine.plan import Run
    from reconciler.plan.change import Plan
    from reconciler.plan.outcome import Outcome

approved = click.option("--auto-approve", is_flag=True, help="Apply without asking for approval.")


def carry_out(plan: Plan, run: Run, output: Output, arguments: dict[str, Any]) -> int:
    """Show the plan, ask for approval, apply the plan and show the results.

    Return 0 if everything succeeded, else 1.
    """
    from reconciler.engine.apply import apply

    _show(plan, output, arguments)
    outcome = apply(plan, run, partial(_may, output=output, arguments=arguments), output.talk)
    _report(plan, outcome, place=run.session.store.place, output=output, arguments=arguments)
    return 1 if plan.failed or not outcome.applied else 0


def refuse(diagnostics: Sequence[Diagnostic], output: Output, arguments: dict[str, Any]) -> int:
    """Show the reasons why no plan can be applied. Return 1."""
    from reconciler.plan.build import nothing_but
    from reconciler.render.json.plan import apply_document

    plan = nothing_but(diagnostics)
    _show(plan, output, arguments)
    if arguments["output_format"] == "json":
        output.data(safe_json.dumps(apply_document(plan, None)))
    return 1


def _show(plan: Plan, output: Output, arguments: dict[str, Any]) -> None:
    if arguments["output_format"] != "json":
        output.show(_plan_view(plan, output))


def _report(plan: Plan, outcome: Outcome, *, place: str, output: Output, arguments: dict[str, Any]) -> None:
    if arguments["output_format"] == "json":
        from reconciler.render.json.plan import apply_document

        output.data(safe_json.dumps(apply_document(plan, outcome)))
        return
    from reconciler.render.views.result import result_view

    if not output.quiet:
        output.line("")
    output.show(result_view(plan, outcome, place, verbose=output.verbose, quiet=output.quiet))


def _plan_view(plan: Plan, output: Output) -> Any:
    from reconciler.render.views.plan import brief_view, plan_view

    return brief_view(plan) if output.quiet else plan_view(plan, output.verbose)


def _may(plan: Plan, output: Output, arguments: dict[str, Any]) -> bool:
    if arguments["output_format"] == "json" and not (arguments["auto_approve"] or nobody_there()):
        output.say(_plan_view(plan, output))
    return approve(
        output, arguments["auto_approve"], _question(plan, click.get_current_context().info_name == "destroy")
    )


def _question(plan: Plan, destroying: bool) -> str:
    """Return the question for approval. For `destroy`, the question counts the resources of each kind."""
    if destroying:
        from reconciler.render.phrases import counted

        kinds = Counter(change.address.kind.noun for change in plan.effective)
        return f"Destroy {', '.join(counted(number, noun) for noun, number in kinds.items())} of {plan.name}?"
    from reconciler.render.phrases import apply_question

    return apply_question(len(plan.effective))
