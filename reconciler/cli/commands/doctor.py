"""The command `gwctl doctor`."""

from __future__ import annotations

from typing import Any

import click

from reconciler.cli.completion import complete
from reconciler.cli.group import HelpfulCommand
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.options import common, options_of, output_of, running_commands, text_or_json


@click.command("doctor", cls=HelpfulCommand, help=HELP["doctor"], short_help=SHORT["doctor"])
@common
@running_commands
@text_or_json
@click.option("--offline", is_flag=True, help="Run only the checks that need no network.")
@click.argument("names", metavar="[ENDPOINT|TOOL]...", nargs=-1, shell_complete=complete.endpoints_and_tools)
def command(**arguments: Any) -> int:
    """Check this machine, the files and the endpoints. Names select endpoints and tools.

    The exit code is 1 if a check finds a problem.
    """
    from reconciler.clients.registry import tool_named
    from reconciler.engine.clients.diagnose import diagnose
    from reconciler.engine.doctor.examine import examine
    from reconciler.render.json.doctor import doctor_document
    from reconciler.render.views.doctor import doctor_view
    from reconciler.resources.finding import is_well, of

    options, output = options_of(arguments), output_of(arguments)
    failing = output.failing_as(
        arguments["output_format"], lambda diagnostics: doctor_document([of("call", e) for e in diagnostics])
    )
    with failing, output.progress(arguments["output_format"]) as awaited, awaited.waiting_for("the servers"):
        tools = [tool for tool in map(tool_named, arguments["names"]) if tool]
        endpoints = [name for name in arguments["names"] if name not in {tool.name for tool in tools}]
        findings = examine(options, endpoints) if endpoints or not tools else []
        findings += [finding for tool in tools for finding in diagnose(options, tool)]
    if arguments["output_format"] == "json":
        from reconciler import safe_json

        output.data(safe_json.dumps(doctor_document(findings)))
    else:
        output.show(doctor_view(findings, output.verbose, output.quiet))
    return 0 if is_well(findings) else 1
