"""`gwctl export`: resolved."""

from __future__ import annotations

from typing import Any

import click

from reconciler.cli.group import CommandGroup
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.options import asking, common, options_of, output_of, scoped


@click.group("export", cls=CommandGroup, help=HELP["export"], short_help=SHORT["export"])
def command() -> None:
    """Print what was applied, for other programs."""


@command.command("resolved", help=HELP["export resolved"], short_help=SHORT["export resolved"])
@common
@asking
@scoped
@click.option(
    "--key",
    "key_source",
    type=click.Choice(["env", "helper", "none"]),
    default="env",
    help="What the file names for a key: a variable, a command on this machine, or nothing (default: env).",
)
def resolved(**arguments: Any) -> int:
    """Print the resolved file: base URL, API, model and key variable for each role and each model."""
    from reconciler import safe_json
    from reconciler.engine.recorded.export import export_resolved

    options, output = options_of(arguments), output_of(arguments)
    exported = export_resolved(options, arguments["key_source"])
    output.data(safe_json.dumps(exported.document))
    return output.report(exported.diagnostics)
