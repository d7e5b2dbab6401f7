"""`gwctl run`."""

from __future__ import annotations

from typing import Any

import click

from reconciler.cli.common import asking, common, equipping, options_of, output_of


@click.command(
    "run",
    short_help="Run a tool with base URL, key and model in its environment.",
    context_settings={"allow_interspersed_args": False},
)
@common
@asking
@equipping
@click.argument("words", nargs=-1, required=True, type=click.UNPROCESSED, metavar="[--] CMD [ARGUMENT]...")
def command(**given: Any) -> int:
    """Run CMD with the base URL, the key and the model of one endpoint in its environment.

    The names are those that tools use (OPENAI_BASE_URL, OPENAI_API_KEY, ANTHROPIC_BASE_URL, ...). gwctl becomes
    the command: its exit code and its signals are the command's own. No request is made and nothing is written.
    """
    from reconciler.cli.becoming import become
    from reconciler.engine.equipping import equip
    from reconciler.tools.advice import advice

    options, output = options_of(given), output_of(given)
    equipped = equip(options, given["model"], given["endpoint"])
    output.report((*equipped.diagnostics, *advice(given["words"], equipped.environment.model)))
    return become(given["words"], equipped.environment.over(options.environ))
