"""The command `gwctl leave`."""

from __future__ import annotations

from typing import Any

import click

from reconciler.cli.consents import approve
from reconciler.cli.group import HelpfulCommand
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.options import common, options_of, output_of


@click.command("leave", cls=HelpfulCommand, help=HELP["leave"], short_help=SHORT["leave"])
@common
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
def command(**arguments: Any) -> int:
    """Remove everything that gwctl set up on this machine for this gateway file. The team's state is not changed."""
    from reconciler.cli.wizard.review import apply_and_show, show
    from reconciler.engine.connect.leave import find_traces, forget
    from reconciler.render.phrases import counted
    from reconciler.render.views.result import counted_results
    from reconciler.text import printable

    options, output = options_of(arguments), output_of(arguments)
    leaving = find_traces(options)
    output.report(leaving.unread)
    if not leaving.is_known:
        output.line("Nothing to do: this machine has no records of this gateway file.")
        return 0
    if leaving.removal and leaving.removal[0].changes:
        show(leaving.removal[0], output)
    for agreed in leaving.agreed:
        output.line(printable(f"- consent: {agreed.pair.secret.whole} → {agreed.pair.exposure}", 600))
    name = printable(leaving.trust.stack.name or leaving.trust.stack.path, 200)
    if not approve(output, arguments["auto_approve"], f"Remove all of this, and the records of {name}?"):
        output.talk("Nothing was removed.")
        return 1
    done = []
    if leaving.removal:
        plan, run = leaving.removal
        reviewed = apply_and_show(plan, run, output, "own")
        if reviewed.code:
            output.talk("The remaining records are kept. To try again: ", "gwctl leave")
            return reviewed.code
        done = [counted_results(plan)] if plan.effective else []
    forget(leaving)
    if leaving.agreed:
        done.append(f"{counted(len(leaving.agreed), 'consent')} withdrawn")
    what = f": {', '.join(done)}" if done else ""
    output.line(f"This machine has left {name}{what}. The gateway file and its state are unchanged.")
    return 0
