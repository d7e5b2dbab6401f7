"""The command `gwctl models`."""

from __future__ import annotations

from typing import Any

import click

from reconciler.address import PURPOSES
from reconciler.cli.completion import complete
from reconciler.cli.group import HelpfulCommand
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.options import asking, common, options_of, output_of, text_or_json


@click.command("models", cls=HelpfulCommand, help=HELP["models"], short_help=SHORT["models"])
@common
@asking
@text_or_json
@click.option("--search", metavar="TEXT", default="", help="Show only models with this text in ENDPOINT/ID or a role.")
@click.option(
    "--purpose", "purposes", type=click.Choice(PURPOSES), multiple=True, help="Show only models with this purpose."
)
@click.argument("endpoints", nargs=-1, shell_complete=complete.endpoints)
def command(**arguments: Any) -> int:
    """List the models that all endpoints, or the named ENDPOINTS, offer now."""
    from reconciler.diagnostics import has_errors
    from reconciler.engine.connection_test import look, matching, models_shown
    from reconciler.render.json.live import models_document

    options, output = options_of(arguments), output_of(arguments)
    failing = output.failing_as(arguments["output_format"], lambda diagnostics: models_document({}, (), diagnostics))
    with failing, output.progress(arguments["output_format"]) as awaited:
        looked = look(options, arguments["endpoints"], on_done=awaited.turn)
    every, reported = models_shown(looked), looked.diagnostics
    shown = matching(every, arguments["search"], arguments["purposes"])
    if arguments["output_format"] == "json":
        from reconciler import safe_json

        output.data(safe_json.dumps(models_document(looked.observations, shown, reported)))
        return 1 if has_errors(reported) else 0
    from reconciler.render.phrases import counted
    from reconciler.render.views.live import models_view

    output.show(models_view(shown))
    if every and not shown:
        output.talk(f"None of the {counted(len(every), 'model')} matches.")
    return output.report(reported)
