"""`gwctl connect`."""

from __future__ import annotations

from typing import Any

import click

from reconciler.address import PURPOSES
from reconciler.cli.console.forms import Forms
from reconciler.cli.console.output import wants_colour
from reconciler.cli.console.terminal import is_terminal
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.options import common, options_of, output_of
from reconciler.cli.wizard.given import Given


@click.command("connect", help=HELP["connect"], short_help=SHORT["connect"])
@common
@click.option("--name", metavar="NAME", help="The name of the new endpoint (default: that of the preset).")
@click.option("--base-url", metavar="URL", help="The base URL of the server (default: that of the preset).")
@click.option("--key-env", "variable", metavar="NAME", help="The environment variable that holds the key.")
@click.option("--model", "models", metavar="ID", multiple=True, help="Use this model. Repeat the option for more.")
@click.option(
    "--purpose",
    "purposes",
    type=click.Choice(PURPOSES),
    multiple=True,
    help="Make the first model with this purpose its default. Repeat the option for more.",
)
@click.option("--yes", "approved", is_flag=True, help="Ask nothing: save the file and apply it.")
@click.argument("preset", required=False)
def command(**arguments: Any) -> int:
    """Add one endpoint to the gateway file: ask, test the connection, show the changes, save and apply."""
    import sys

    from reconciler.cli.wizard.endpoint import EndpointSteps
    from reconciler.cli.wizard.models import ModelSteps
    from reconciler.cli.wizard.review import review
    from reconciler.engine.connect.draft import drafted, open_file

    names = ("preset", "name", "base_url", "variable", "models", "purposes", "approved")
    given = Given(**{name: arguments[name] for name in names})
    options, output = options_of(arguments), output_of(arguments)
    forms = Forms(wants_colour(arguments["color"], is_terminal(sys.stderr), options.environ))
    opened = open_file(options)
    tested = EndpointSteps(opened, given, forms, output).tested()
    new = ModelSteps(opened, given, forms, output).chosen(tested)
    return review(drafted(opened, new, tested.draft.key), given, forms, output)
