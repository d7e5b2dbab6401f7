"""The command `gwctl explain`."""

from __future__ import annotations

import click

from reconciler.cli.completion import complete
from reconciler.cli.group import HelpfulCommand
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.usage.fault import UsageFault


@click.command("explain", cls=HelpfulCommand, help=HELP["explain"], short_help=SHORT["explain"])
@click.argument("code", required=False, shell_complete=complete.codes)
def command(code: str | None) -> int:
    """Print what CODE means and what to do. Without CODE, print all codes."""
    from reconciler.cli.console.output import Output
    from reconciler.codes import EXPLANATIONS, Code
    from reconciler.render.views.explain import codes_view, explanation_view
    from reconciler.text import did_you_mean

    output = Output("auto", verbose=False, quiet=False)
    if code is None:
        output.show(codes_view())
        return 0
    name = Code(code.upper().replace("-", "_"))
    if name not in EXPLANATIONS:
        hint = did_you_mean(name, EXPLANATIONS) or "`gwctl explain` lists all codes"
        raise UsageFault("There is no code with that name", hint)
    output.show(explanation_view(name))
    return 0
