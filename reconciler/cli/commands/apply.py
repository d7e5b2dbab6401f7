"""The command `gwctl apply`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.apply_flow import approved, carry_out, refuse
from reconciler.cli.completion import complete
from reconciler.cli.console.output import Output
from reconciler.cli.group import HelpfulCommand
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.jitter import longest_wait, wait
from reconciler.cli.options import asking, common, consenting, options_of, output_of, scoped, sparing, text_or_json
from reconciler.cli.plan_text import no_plan
from reconciler.cli.usage.fault import UsageFault
from reconciler.errors import Failed

if TYPE_CHECKING:
    from reconciler.engine.options import Options
    from reconciler.engine.plan import Run
    from reconciler.plan.change import Plan


@click.command("apply", cls=HelpfulCommand, help=HELP["apply"], short_help=SHORT["apply"])
@common
@asking
@consenting
@scoped
@sparing(usual_age="12h with --auto-approve, else 0")
@text_or_json
@approved
@click.option(
    "--jitter",
    metavar="TIME",
    callback=longest_wait,
    help="With --auto-approve or a saved PLAN: check the files, then wait a random time of at most TIME, such as 15m.",
)
@click.argument("plan_file", metavar="[PLAN]", required=False, shell_complete=complete.files)
def command(plan_file: str | None, **arguments: Any) -> int:
    """Show the plan, ask for approval and apply the plan. A saved PLAN is applied without asking."""
    if plan_file is not None:
        arguments |= {"auto_approve": True}
    options, output = options_of(arguments), output_of(arguments)
    if plan_file is not None:
        _refuse_consents(arguments)
    try:
        if arguments["jitter"]:
            _wait_first(options, output, plan_file, arguments)
        plan, run = _planned(options, output, arguments) if plan_file is None else _saved(options, plan_file)
    except Failed as fault:
        return refuse(fault.diagnostics, output, arguments)
    return carry_out(plan, run, output, arguments)


def _wait_first(options: Options, output: Output, plan_file: str | None, arguments: dict[str, Any]) -> None:
    """Wait a random time. Refuse first what the apply would refuse without a network. Refuse to let a person wait."""
    if not arguments["auto_approve"]:
        raise UsageFault("--jitter is only for an apply that asks nobody", "remove --jitter, or add --auto-approve")
    from reconciler.engine.stack.beforehand import check_beforehand

    try:
        check_beforehand(options, Path(plan_file) if plan_file is not None else None)
    except Failed as fault:
        raise fault if plan_file is None else Failed(*no_plan(fault.diagnostics, plan_file, "apply")) from None
    wait(arguments["jitter"], output)


def _planned(options: Options, output: Output, arguments: dict[str, Any]) -> tuple[Plan, Run]:
    from reconciler.engine.apply import to_apply
    from reconciler.engine.plan import gather
    from reconciler.plan.build import make_plan

    with output.progress(arguments["output_format"]) as awaited:
        run = to_apply(gather(options, awaited.turn))
    return make_plan(run.inputs), run


def _saved(options: Options, plan_file: str) -> tuple[Plan, Run]:
    from reconciler.engine.saved_plan import gather_saved

    try:
        return gather_saved(options, Path(plan_file))
    except Failed as fault:
        raise Failed(*no_plan(fault.diagnostics, plan_file, "apply")) from None


def _refuse_consents(arguments: dict[str, Any]) -> None:
    names = {
        "catalogs": "--accept-catalog",
        "deletes": "--allow-delete",
        "adopts": "--adopt",
        "allowed_hosts": "--allow-host",
        "allowed_paths": "--allow-path",
        "no_clients": "--no-clients",
    }
    late = [option for name, option in names.items() if arguments[name]]
    if late:
        raise UsageFault("A saved plan contains its consents", f"give {', '.join(late)} to `gwctl plan --out FILE`")
    given = {name: arguments[name] for name in ("locked", "offline", "no_keys")}
    given["max_age"] = arguments["max_age"] is not None
    idle = [f"--{name.replace('_', '-')}" for name, is_given in given.items() if is_given]
    if idle:
        raise UsageFault("A saved plan contains its model lists", f"give {', '.join(idle)} to `gwctl plan --out FILE`")
