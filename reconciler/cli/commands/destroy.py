"""The command `gwctl destroy`."""

from __future__ import annotations

from typing import Any

import click

from reconciler.cli.apply_flow import approved, carry_out, refuse
from reconciler.cli.group import HelpfulCommand
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.options import common, options_of, output_of, scoped, text_or_json
from reconciler.errors import Failed


@click.command("destroy", cls=HelpfulCommand, help=HELP["destroy"], short_help=SHORT["destroy"])
@common
@scoped
@text_or_json
@approved
def command(**arguments: Any) -> int:
    """Delete everything that gwctl recorded for this gateway file, without contacting an endpoint."""
    from reconciler.engine.plan import gather_destroy
    from reconciler.plan.build import make_destroy_plan

    options, output = options_of(arguments), output_of(arguments)
    try:
        run = gather_destroy(options)
    except Failed as fault:
        return refuse(fault.diagnostics, output, arguments)
    plan = make_destroy_plan(run.inputs)
    if arguments["output_format"] == "text" and not (plan.changes or plan.failed):
        output.report(plan.diagnostics)
        where = "this machine" if plan.scope == "machine" else run.session.store.place
        output.line(f"Nothing to do: {where} has no resources of {plan.name}.")
        return 0
    return carry_out(plan, run, output, arguments)
