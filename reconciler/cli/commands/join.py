"""The command `gwctl join`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from reconciler.cli.console.prompts import confirm
from reconciler.cli.group import HelpfulCommand
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.options import common, options_of, output_of


@click.command("join", cls=HelpfulCommand, help=HELP["join"], short_help=SHORT["join"])
@common
@click.option(
    "--allow-host",
    "named",
    metavar="NAME",
    multiple=True,
    help="Agree to the secrets of this endpoint, or to this client (client.TOOL). Repeat the option for more.",
)
@click.option("--yes", "approved", is_flag=True, help="Ask nothing: agree to what --allow-host names, and apply.")
def command(**arguments: Any) -> int:
    """Set up this machine with a gateway file that others wrote: agree, give keys, apply, and get a first answer."""
    from reconciler.cli.wizard.join import JoinSteps
    from reconciler.cli.wizard.review import apply_and_show, show
    from reconciler.cli.wizard.start import after_apply
    from reconciler.cli.wizard.steps import forms_of
    from reconciler.engine.connect.join import agree_to_keys, open_to_join, plan_join

    options = replace(options_of(arguments), typed_in="gwctl join")
    output, forms = output_of(arguments), forms_of(arguments)
    named, approved = arguments["named"], arguments["approved"]
    steps, joining = JoinSteps(forms, output), open_to_join(options)
    joining = steps.joined_unattended(joining, named) if approved else steps.joined(joining, named)
    with output.progress("text") as awaited:
        plan, run = plan_join(joining, awaited.turn)
    show(plan, output)
    if plan.effective and not (approved or confirm("Apply this on this machine?")):
        output.talk("Nothing was applied, and no key was stored.")
        return 1
    agree_to_keys(joining)
    reviewed = apply_and_show(plan, run, output)
    answered = after_apply(options, forms, output, not approved, reviewed)
    return reviewed.code or answered
