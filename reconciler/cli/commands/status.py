"""The command `gwctl status`."""

from __future__ import annotations

from typing import Any

import click

from reconciler.cli.group import HelpfulCommand
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.options import asking, common, options_of, output_of, text_or_json
from reconciler.cli.usage.fault import UsageFault


@click.command("status", cls=HelpfulCommand, help=HELP["status"], short_help=SHORT["status"])
@common
@asking
@text_or_json
@click.option("--live", is_flag=True, help="Also contact every endpoint, with its key.")
@click.option(
    "--line",
    is_flag=True,
    help="Print one line if there is something to do, and exit 0. Open no store.",
)
def command(**arguments: Any) -> int:
    """Show what was applied from this gateway file, what differs, and what to do next."""
    if arguments["line"]:
        return _line(arguments)
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


def _line(arguments: dict[str, Any]) -> int:
    """Print the line of --line. The exit code is 0, because a git hook must not stop git."""
    if arguments["live"] or arguments["output_format"] == "json":
        raise UsageFault("--line cannot be used with --live or --format json", "give only --line")
    from reconciler.engine.recorded.status_line import status_line

    said = status_line(options_of(arguments))
    if said:
        output_of(arguments).line(f"gwctl: {said}")
    return 0
