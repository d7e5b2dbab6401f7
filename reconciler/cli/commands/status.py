"""The command `gwctl status`."""

from __future__ import annotations

from typing import Any

import click

from reconciler.cli.help import HELP, SHORT
from reconciler.cli.options import asking, common, options_of, output_of, text_or_json


@click.command("status", help=HELP["status"], short_help=SHORT["status"])
@common
@asking
@text_or_json
@click.option("--live", is_flag=True, help="Also contact every endpoint, with its key.")
def command(**arguments: Any) -> int:
    """Show what was applied from this gateway file, what differs, and what to do next."""
    from reconciler.engine.recorded.status import status_of
    from reconciler.render.json.state import failed_status

    options, output = options_of(arguments), output_of(arguments)
    with output.failing_as(arguments["output_format"], failed_status):
        test = None
        if arguments["live"]:
            from reconciler.engine.connection_test import look

            with output.progress(arguments["output_format"]) as awaited:
                test = look(options, (), on_done=awaited.turn)
        status = status_of(options, test)
    if arguments["output_format"] == "json":
        from reconciler import safe_json
        from reconciler.diagnostics import has_errors

        output.data(safe_json.dumps(status.document))
        return 1 if has_errors(status.diagnostics) else 0
    from reconciler.render.views.machine.status import status_view

    output.show(status_view(status.document, status.ages))
    return output.report(status.diagnostics)
