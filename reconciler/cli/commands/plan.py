"""The command `gwctl plan`."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler import codes
from reconciler.cli.console.output import Output
from reconciler.cli.group import HelpfulCommand
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.options import asking, common, consenting, options_of, output_of, plan_formats, scoped, sparing
from reconciler.cli.plan_text import show_plan
from reconciler.errors import Failed
from reconciler.text import printable

if TYPE_CHECKING:
    from reconciler.engine.options import Options
    from reconciler.engine.plan import Run
    from reconciler.plan.change import Plan

_CAUSES = ("config", "catalog", "drift", "key")
_ANY = "any"


def causes(_context: click.Context, _option: click.Parameter, value: str | None) -> frozenset[str]:
    """Return the causes in --detailed-exitcode[=CAUSES]. The exit code is 2 only for changes with these causes."""
    if value is None:
        return frozenset()
    named = frozenset(value.split(","))
    if value == _ANY:
        return frozenset(_CAUSES)
    if not named <= set(_CAUSES):
        raise click.BadParameter(f"the causes are {', '.join(_CAUSES)}; separate them with commas")
    return named


@click.command("plan", cls=HelpfulCommand, help=HELP["plan"], short_help=SHORT["plan"])
@common
@asking
@consenting
@plan_formats
@click.option(
    "--detailed-exitcode",
    "causes",
    metavar="[=CAUSES]",
    is_flag=False,
    flag_value=_ANY,
    callback=causes,
    help="Exit 2 if there are changes. With =config,catalog, only changes with these causes count.",
)
@click.option("--out", metavar="FILE", help="Save the plan to FILE, for `gwctl show FILE` and one `gwctl apply FILE`.")
@click.option(
    "--metrics", metavar="FILE", help="Write metrics of the endpoints and the plan to FILE, as OpenMetrics text."
)
@scoped
@sparing(usual_age="0")
def command(**arguments: Any) -> int:
    """Show what an apply would change. Nothing is changed."""
    options, output = options_of(arguments), output_of(arguments)
    plan, run = _planned(options, output, arguments)
    show_plan(plan, output, arguments["output_format"])
    if arguments["metrics"] is not None:
        from reconciler.engine.recorded.metrics import save_metrics

        save_metrics(plan, run, options, Path(arguments["metrics"]))
    if arguments["out"] is not None:
        _save(plan, run, output, arguments["out"])
    return _exit_code(plan, arguments["causes"], output)


def _planned(options: Options, output: Output, arguments: dict[str, Any]) -> tuple[Plan, Run | None]:
    """Return the plan and its run.

    If planning fails, return a plan with only the errors, and None.
    """
    from reconciler.engine.plan import gather
    from reconciler.plan.build import make_plan, nothing_but

    try:
        with output.progress(arguments["output_format"]) as awaited:
            run = gather(options, on_done=awaited.turn)
    except Failed as fault:
        return nothing_but(fault.diagnostics), None
    return make_plan(run.inputs), run


def _save(plan: Plan, run: Run | None, output: Output, name: str) -> None:
    from reconciler.engine.saved_plan import save_plan

    if run is None:  # the plan has only errors, and they have been shown
        output.talk("No plan was saved.")
        return
    save_plan(plan, run, Path(name))
    shown = printable(shlex.quote(name), 300)
    if plan.failed:
        output.talk(f"Saved: {shown}. The plan has errors and cannot be applied.")
    else:
        output.talk(f"Saved: {shown}. To apply it, with the same -C, -f, --state and --var: ", f"gwctl apply {shown}")


def _exit_code(plan: Plan, counting: frozenset[str], output: Output) -> int:
    from reconciler.plan.summary import summarise

    summary = summarise(plan)
    if summary.failed or (counting and any(diagnostic.code == codes.KEY_WITHHELD for diagnostic in plan.diagnostics)):
        return 1
    passed_over = {cause: number for cause, number in summary.causes.items() if cause not in counting}
    if counting and passed_over:
        causes = ", ".join(f"{number} {cause}" for cause, number in passed_over.items())
        output.talk(f"Changes not counted by the exit code, by cause: {causes}")
    return 2 if counting & summary.causes.keys() else 0
