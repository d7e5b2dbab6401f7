"""The command `gwctl show`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from reconciler.cli.completion import complete
from reconciler.cli.group import HelpfulCommand
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.options import enter, output_of, plan_formats, showing
from reconciler.cli.plan_text import no_plan, show_plan
from reconciler.errors import Failed


@click.command("show", cls=HelpfulCommand, help=HELP["show"], short_help=SHORT["show"])
@showing
@plan_formats
@click.argument("plan_file", metavar="PLAN", shell_complete=complete.files)
def command(plan_file: str, **arguments: Any) -> int:
    """Show the plan that `gwctl plan --out` saved in the file PLAN."""
    from reconciler.engine.saved_plan import read_plan

    enter(arguments["directory"])
    output = output_of(arguments)
    try:
        saved = read_plan(Path(plan_file))
    except Failed as fault:
        raise Failed(*no_plan(fault.diagnostics, plan_file, "plan")) from None
    show_plan(saved.plan, output, arguments["output_format"])
    if arguments["output_format"] == "text" and saved.plan.pairs and not output.quiet:
        from reconciler.render.views.pairs import pairs_view

        output.data("\n")
        output.show(pairs_view(saved.plan.pairs))
    output.talk(f"Saved at {saved.made_at} by {saved.made_by}, with gwctl {saved.gwctl_version}.")
    return 0
