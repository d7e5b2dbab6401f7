"""The command `gwctl init`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from reconciler.cli.completion import complete
from reconciler.cli.group import HelpfulCommand
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.options import common, options_of, output_of
from reconciler.cli.wizard.given import about_endpoint, given_of


@click.command("init", cls=HelpfulCommand, help=HELP["init"], short_help=SHORT["init"])
@common
@click.option("--name", metavar="NAME", help="The name of the gateway (default: the name of the directory).")
@click.option(
    "--tool",
    "tools",
    metavar="NAME",
    multiple=True,
    shell_complete=complete.tools,
    help="Configure this tool. Repeat the option for more.",
)
@click.option(
    "--from",
    "origins",
    metavar="FILE|URL",
    multiple=True,
    help="Import endpoints from another tool's configuration or from a running server. Repeat the option for more.",
)
@about_endpoint
def command(**arguments: Any) -> int:
    """Write a gateway file for the servers, keys and tools on this machine, apply the file, and get a first answer."""
    from reconciler.cli.wizard.begin_from import FromSteps
    from reconciler.cli.wizard.review import review
    from reconciler.cli.wizard.start import StartSteps, after_apply
    from reconciler.cli.wizard.steps import forms_of
    from reconciler.engine.connect.draft import begin_file
    from reconciler.engine.connect.machine_findings import find

    given, forms = given_of(arguments), forms_of(arguments)
    options, output = replace(options_of(arguments), typed_in="gwctl init"), output_of(arguments)
    begin_file(options, "new")  # an existing file is reported before the first question
    steps, others = StartSteps(given, forms, output), FromSteps(arguments["origins"], given, forms, output)
    imported = others.found()
    found = find(options.environ)
    steps.check_tools(found, arguments["tools"])
    draft = begin_file(options, steps.name(arguments["name"]))
    draft = others.endpoints(draft, imported) if arguments["origins"] else steps.endpoints(draft, found)
    draft = steps.with_tools(draft, found, arguments["tools"])
    reviewed = review(draft, given, forms, output, "gwctl init")
    answered = after_apply(options, forms, output, given.asks, reviewed)
    if reviewed.is_applied:
        schema = draft.path.parent / "gateway.schema.json"
        shared = f"{draft.path.name} and {schema.name}" if schema.exists() else draft.path.name
        output.talk(f"To share the file: commit {shared}. In a clone, others run: ", "gwctl join")
    return reviewed.code or answered
