"""The command `gwctl run`."""

from __future__ import annotations

from typing import Any

import click

from reconciler.cli.group import HelpfulCommand
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.options import asking, common, equipping, options_of, output_of


@click.command(
    "run",
    cls=HelpfulCommand,
    context_settings={"allow_interspersed_args": False},
    help=HELP["run"],
    short_help=SHORT["run"],
)
@common
@asking
@equipping
@click.argument("words", nargs=-1, required=True, type=click.UNPROCESSED, metavar="[--] CMD [ARGUMENT]...")
def command(**arguments: Any) -> int:
    """Run CMD with the base URL, the key and the model of one endpoint in its environment."""
    from reconciler import safe_json
    from reconciler.cli.exec import become
    from reconciler.engine.tool_env import equip
    from reconciler.tools.advice import advice
    from reconciler.tools.resolved import VARIABLE

    options, output = options_of(arguments), output_of(arguments)
    equipped = equip(options, arguments["model"], arguments["endpoint"])
    output.report((*equipped.diagnostics, *advice(arguments["words"], equipped.environment.model)))
    resolved = {VARIABLE: safe_json.dumps(equipped.resolved, indent=None).strip()}
    return become(arguments["words"], equipped.environment.over(options.environ) | resolved)
