"""The command `gwctl configure`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from reconciler import codes
from reconciler.cli.completion import complete
from reconciler.cli.consents import approve
from reconciler.cli.console.output import Output
from reconciler.cli.group import HelpfulCommand
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.options import asking, common, options_of, output_of
from reconciler.diagnostics import error
from reconciler.errors import Failed
from reconciler.render.option_words import OPTION_WORDS
from reconciler.text import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.engine.clients.configure import ClientEdit

_SAME_NAMES = ("path", "serves", "key_from", "set_default", "when_absent")  # of the option and the client's field
_LISTS = ("endpoints", "models")


@click.command("configure", cls=HelpfulCommand, help=HELP["configure"], short_help=SHORT["configure"])
@common
@asking
@click.option("--name", metavar="NAME", help="The name of the client in the gateway file (default: the tool's name).")
@click.option("--local", "is_local", is_flag=True, help=OPTION_WORDS["--local"])
@click.option(
    "--use",
    "use",
    type=click.Choice(("own", "shared", "none")),
    help=OPTION_WORDS["--use"],
)
@click.option("--path", metavar="FILE", help="The file, relative to the gateway file (default: the usual place).")
@click.option(
    "--endpoints",
    metavar="NAME",
    multiple=True,
    shell_complete=complete.endpoints,
    help="Use only this endpoint. Repeat the option for more.",
)
@click.option(
    "--models",
    metavar="PATTERN",
    multiple=True,
    shell_complete=complete.model_ids,
    help="Use only models whose ID matches, such as gpt-*. Repeat the option for more.",
)
@click.option(
    "--serves",
    metavar="NAME",
    shell_complete=complete.endpoints,
    help="The endpoint whose server reads the file. The file leaves it out.",
)
@click.option("--key-from", type=click.Choice(("helper", "env", "none")), help="How the tool gets the key.")
@click.option("--set-default", type=click.Choice(("if-unset", "always", "never")), help="When to set the model.")
@click.option("--when-absent", type=click.Choice(("skip", "write")), help=OPTION_WORDS["--when-absent"])
@click.option("--yes", "is_approved", is_flag=True, help="Ask nothing: save the file and apply it.")
@click.argument("tool", required=False, shell_complete=complete.tools)
def command(tool: str | None, **arguments: Any) -> int:
    """Add a tool to the gateway file, show the changes, save the file and apply the plan."""
    from reconciler.engine.clients.configure import NewClient, draft_client, known_tool
    from reconciler.engine.connect.draft import open_file

    options, output = options_of(arguments), output_of(arguments)
    opened = open_file(options)
    tool = known_tool(tool) if tool else _only_tool(options.environ, opened.gateway.clients)
    lists = {name: list(arguments[name]) or None for name in _LISTS}
    fields = {"file": arguments["use"], **lists, **{name: arguments[name] for name in _SAME_NAMES}}
    new = NewClient(tool=tool, name=arguments["name"] or tool, fields=fields)
    return _carry_out(draft_client(opened, new, arguments["is_local"]), output, arguments)


def _only_tool(environ: Mapping[str, str], clients: Mapping[str, Any]) -> str:
    """Return the only tool on this machine that has no client in the gateway file.

    Raise `Failed` if no such tool exists, or if more than one exists.
    """
    from reconciler.clients.registry import tool_named
    from reconciler.engine.clients.survey import survey

    passed_over = {client.tool for client in clients.values()}
    here = [report.name for report in survey(environ) if report.is_found and report.name not in passed_over]
    tools = [name for name in here if (tool := tool_named(name)) and not tool.needs_path]
    if len(tools) == 1:
        return tools[0]
    summary = "More than one tool of this machine can be configured" if tools else "No tool is left to configure"
    hint = f"choose one: gwctl configure {'|'.join(tools)}" if tools else "gwctl clients"
    raise Failed(error(codes.NO_TOOL_NAMED, summary, detail="Nothing was done.", hint=hint))


def _carry_out(draft: ClientEdit, output: Output, arguments: dict[str, Any]) -> int:
    from reconciler.cli.wizard.review import apply_and_show, show
    from reconciler.engine.clients.configure import plan_client, save_client

    with output.progress("text") as awaited:
        plan, run = plan_client(draft, awaited.turn)
    _show_edit(draft, output)
    show(plan, output)
    question = f"Save {draft.path} and apply?" if draft.is_edited else "Apply?"
    if not approve(output, arguments["is_approved"], question, option="--yes"):
        output.talk("Nothing was written.")
        return 1
    save_client(draft)
    if draft.is_edited:
        output.talk(f"Saved: {printable(str(draft.path), 300)}")
    return apply_and_show(plan, run, output, "saved" if draft.is_edited else "total").code


def _show_edit(draft: ClientEdit, output: Output) -> None:
    from reconciler.render.edited_lines import added_and_removed

    if not draft.is_edited:
        output.talk(f"{draft.client} is already in the gateway file")
        return
    output.line(f"{draft.path}:")
    for line in added_and_removed(draft.before or b"", draft.data, draft.hidden):
        output.line(f"  {line}")
    output.line("")
