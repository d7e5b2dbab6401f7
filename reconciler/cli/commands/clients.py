"""The command `gwctl clients`."""

from __future__ import annotations

import os
from typing import Any

import click

from reconciler.cli.group import HelpfulCommand
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.options import enter, output_of, showing, text_or_json


@click.command("clients", cls=HelpfulCommand, help=HELP["clients"], short_help=SHORT["clients"])
@showing
@text_or_json
def command(**arguments: Any) -> int:
    """List the tools that gwctl can configure. Tools on this machine are marked."""
    from reconciler.engine.clients.survey import survey
    from reconciler.render.views.machine.clients import clients_document, clients_view

    enter(arguments["directory"])
    output = output_of(arguments)
    reports = survey(dict(os.environ))
    if arguments["output_format"] == "json":
        from reconciler import safe_json

        output.data(safe_json.dumps(clients_document(reports)))
    else:
        output.show(clients_view(reports))
    return 0
