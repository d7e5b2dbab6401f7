"""What `apply` and `destroy` do with a plan: show it, ask, carry it out, say what happened."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from reconciler import safe_json
from reconciler.cli.consents import approve
from reconciler.cli.output import Output
from reconciler.cli.prompts import nobody_there

if TYPE_CHECKING:
    from reconciler.engine.options import Options
    from reconciler.engine.plan import Prepared
    from reconciler.plan.change import Plan
    from reconciler.plan.outcome import Outcome

approved = click.option("--auto-approve", is_flag=True, help="Do not ask for approval of the plan.")


def carry_out(prepared: Prepared, options: Options, output: Output, given: dict[str, Any]) -> int:
    """Show, ask, apply, report; the exit code says whether all of it went well."""
    as_json = given["output_format"] == "json"
    plan = prepared.plan
    if not as_json:
        output.show(_plan_view(plan, output))
    outcome = _decided(prepared, options, output, given)
    if as_json:
        from reconciler.render.json.plan import apply_document

        output.data(safe_json.dumps(apply_document(plan, outcome)))
    elif outcome is not None and prepared.session is not None:
        from reconciler.render.views.result import result_view

        if not output.quiet:
            output.line("")
        output.show(
            result_view(plan, outcome, place=prepared.session.store.place, verbose=output.verbose, quiet=output.quiet)
        )
    return 1 if plan.failed or outcome is None or not outcome.applied else 0


def _plan_view(plan: Plan, output: Output) -> Any:
    from reconciler.render.views.plan import brief_view, plan_view

    return brief_view(plan) if output.quiet else plan_view(plan, output.verbose)


def _decided(prepared: Prepared, options: Options, output: Output, given: dict[str, Any]) -> Outcome | None:
    """Apply it, unless there is nothing to apply, the guard forbids it or nobody approves."""
    from reconciler.apply.execute import execute, leave
    from reconciler.engine.plan import ground_of

    plan, session = prepared.plan, prepared.session
    if session is None:
        return None
    if plan.stopped:
        return leave(plan, "blocked")
    if plan.effective and not _may(plan, output, given):
        return leave(plan, "skipped")
    return execute(plan, ground_of(prepared, session, options, output.talk))


def _may(plan: Plan, output: Output, given: dict[str, Any]) -> bool:
    if given["output_format"] == "json" and not (given["auto_approve"] or nobody_there()):
        output.say(_plan_view(plan, output))
    return approve(output, given["auto_approve"], _question(plan, click.get_current_context().info_name == "destroy"))


def _question(plan: Plan, destroying: bool) -> str:
    """Of `destroy`: what goes, by kind."""
    if destroying:
        from reconciler.render.phrases import counted

        kinds = Counter(change.address.kind.noun for change in plan.effective)
        return f"Destroy {', '.join(counted(number, noun) for noun, number in kinds.items())} of {plan.name}?"
    number = len(plan.effective)
    return "Apply this change?" if number == 1 else f"Apply these {number} changes?"
