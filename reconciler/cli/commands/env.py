"""The command `gwctl env`."""

from __future__ import annotations

from typing import Any

import click

from reconciler.cli.group import HelpfulCommand
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.options import asking, common, equipping, options_of, output_of


@click.command("env", cls=HelpfulCommand, help=HELP["env"], short_help=SHORT["env"])
@common
@asking
@equipping
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["shell", "dotenv", "json"]),
    default="shell",
    help="The output format (default: shell).",
)
@click.option("--with-keys", is_flag=True, help="Also print the key. Without this option, no key is read.")
def command(**arguments: Any) -> int:
    """Print the variables that `gwctl run` sets."""
    from reconciler.cli.env_text import env_text
    from reconciler.engine.tool_env import equip
    from reconciler.render.formats.shell import environment_document

    options, output = options_of(arguments), output_of(arguments)
    with output.failing_as(
        arguments["output_format"],
        lambda diagnostics: environment_document(None, None, values={}, unset=(), left_out=(), diagnostics=diagnostics),
    ):
        equipped = equip(options, arguments["model"], arguments["endpoint"], arguments["with_keys"])
    output.data(env_text(equipped, arguments["output_format"]))
    return output.report(() if arguments["output_format"] == "json" else equipped.diagnostics)
