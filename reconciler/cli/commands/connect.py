"""The command `gwctl connect`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from reconciler.cli.group import HelpfulCommand
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.options import common, options_of, output_of
from reconciler.cli.wizard.given import about_endpoint, given_of


@click.command("connect", cls=HelpfulCommand, help=HELP["connect"], short_help=SHORT["connect"])
@common
@click.option("--name", metavar="NAME", help="The name of the new endpoint (default: the preset's name).")
@about_endpoint
def command(**arguments: Any) -> int:
    """Add one endpoint to the gateway file: ask, test the connection, show the changes, save and apply."""
    from reconciler.cli.wizard.review import review
    from reconciler.cli.wizard.steps import forms_of, with_one_more
    from reconciler.engine.connect.draft import open_file

    given, forms = given_of(arguments, arguments["name"]), forms_of(arguments)
    options, output = replace(options_of(arguments), typed_in="gwctl connect"), output_of(arguments)
    draft = with_one_more(open_file(options), given, forms, output)
    return 1 if draft is None else review(draft, given, forms, output, "gwctl connect").code
