"""The command `gwctl hook`: install, remove and status."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.group import CommandGroup
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.options import common, options_of, output_of, text_or_json
from reconciler.cli.usage.fault import UsageFault
from reconciler.text import printable

if TYPE_CHECKING:
    from reconciler.cli.console.output import Output
    from reconciler.engine.hooks.manage import Hooked

_DONE = {"create": "Installed", "update": "Updated", "delete": "Removed", "forget": "Left as it is", "none": "Recorded"}


@click.group("hook", cls=CommandGroup, help=HELP["hook"], short_help=SHORT["hook"])
def command() -> None:
    """Print one line after a pull or a checkout if the gateway file differs from what was applied."""


@command.command("install", help=HELP["hook install"], short_help=SHORT["hook install"])
@common
def install(**arguments: Any) -> int:
    """Install the hooks in the repository of the gateway file."""
    from reconciler.engine.hooks.manage import install_hooks

    if arguments["variables"]:
        raise UsageFault("a hook cannot have --var", "set GWCTL_VAR_NAME in the environment of git")
    return _told(install_hooks(options_of(arguments)), output_of(arguments), "The hooks are installed already.")


@command.command("remove", help=HELP["hook remove"], short_help=SHORT["hook remove"])
@common
def remove(**arguments: Any) -> int:
    """Remove the hooks of the gateway file."""
    from reconciler.engine.hooks.manage import remove_hooks

    return _told(remove_hooks(options_of(arguments)), output_of(arguments), "No hook is installed.")


@command.command("status", help=HELP["hook status"], short_help=SHORT["hook status"])
@common
@text_or_json
def status(**arguments: Any) -> int:
    """Show the hooks of the gateway file."""
    from reconciler.engine.hooks.manage import conditions
    from reconciler.render.json.hooks import hooks_document

    options, output = options_of(arguments), output_of(arguments)
    with output.failing_as(arguments["output_format"], partial(hooks_document, {})):
        found = conditions(options)
    if arguments["output_format"] == "json":
        from reconciler import safe_json

        output.data(safe_json.dumps(hooks_document(found)))
        return 0
    for path, condition in found.items():
        output.line(f"{printable(path, 300)}: {condition}")
    return 0


def _told(hooked: Hooked, output: Output, nothing: str) -> int:
    """Print a line for each change, and the diagnostics. Return the exit code."""
    for change in hooked.changes:
        resource = change.after or change.before
        path = resource.slot["path"] if resource else str(change.address)
        output.line(f"{_DONE[change.action]}: {printable(path, 300)}")
    if not hooked.changes and not hooked.diagnostics:
        output.line(nothing)
    return output.report(hooked.diagnostics)
