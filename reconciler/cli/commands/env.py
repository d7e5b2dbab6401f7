"""`gwctl env`."""

from __future__ import annotations

from typing import Any

import click

from reconciler.cli.help import HELP, SHORT
from reconciler.cli.options import asking, common, equipping, options_of, output_of


@click.command("env", help=HELP["env"], short_help=SHORT["env"])
@common
@asking
@equipping
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["shell", "dotenv", "json"]),
    default="shell",
    help="How to print them (default: shell).",
)
@click.option("--with-keys", is_flag=True, help="Print the key, too; without it no key is read.")
def command(**given: Any) -> int:
    """Print the variables that `gwctl run` sets."""
    from reconciler.cli.env_text import env_text
    from reconciler.engine.tool_env import equip
    from reconciler.render.formats.shell import environment_document

    options, output = options_of(given), output_of(given)
    with output.failing_as(
        given["output_format"],
        lambda said: environment_document(None, None, values={}, unset=(), left_out=(), found=said),
    ):
        equipped = equip(options, given["model"], given["endpoint"], given["with_keys"])
    output.data(env_text(equipped, given["output_format"]))
    return output.report(() if given["output_format"] == "json" else equipped.diagnostics)
