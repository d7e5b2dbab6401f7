"""The command `gwctl completion`."""

from __future__ import annotations

import click

from reconciler.cli.group import HelpfulCommand
from reconciler.cli.help import HELP, SHORT


@click.command("completion", cls=HelpfulCommand, help=HELP["completion"], short_help=SHORT["completion"])
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> int:
    """Print the script that makes SHELL complete the words of gwctl."""
    from reconciler.cli.completion.respond import script
    from reconciler.cli.console.streams import write_document

    write_document(script(shell, context.find_root().command))
    return 0
