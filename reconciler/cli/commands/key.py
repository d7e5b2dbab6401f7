"""The command `gwctl key`: list, audit, set and rm, and the commands print, check and revoke for tools."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.completion import complete
from reconciler.cli.consents import approve
from reconciler.cli.console.prompts import secret
from reconciler.cli.group import CommandGroup
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.options import common, options_of, output_of, text_or_json

if TYPE_CHECKING:
    from reconciler.cli.console.output import Output
    from reconciler.engine.keys.audit import Audited
    from reconciler.engine.keys.manage import KeyPlace
    from reconciler.ledger.handle_rows import Handle


@click.group("key", cls=CommandGroup, help=HELP["key"], short_help=SHORT["key"])
def command() -> None:
    """Manage the keys that gwctl stores in the OS keychain."""


@command.command("list", help=HELP["key list"], short_help=SHORT["key list"])
@common
@text_or_json
def list_keys(**arguments: Any) -> int:
    """List the keychain entries of this gateway file, without their keys."""
    from reconciler.engine.keys.audit import listed
    from reconciler.engine.keys.handles import handles_of

    output = output_of(arguments)
    options = options_of(arguments)
    keys, handles = listed(options), handles_of(options)
    _show(output, arguments["output_format"], keys, handles)
    return 0


@command.command("audit", help=HELP["key audit"], short_help=SHORT["key audit"])
@common
@text_or_json
@click.option("--tidy", is_flag=True, help="Delete orphaned keys, and clean up after killed runs. Asks first.")
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
def audit_keys(**arguments: Any) -> int:
    """List every keychain entry that gwctl created on this machine.

    Missing, changed and orphaned entries are marked.
    """
    from reconciler.engine.keys.audit import audit, tidy

    options, output = options_of(arguments), output_of(arguments)
    audited_keys = audit(options)
    wanted = [audited_key for audited_key in audited_keys if audited_key.condition in ("orphaned", "unsettled")]
    question = "Clean up this key?" if len(wanted) == 1 else f"Clean up these {len(wanted)} keys?"
    if arguments["tidy"] and wanted:
        _show(output, "text" if arguments["output_format"] == "text" else "", audited_keys)
        if not approve(output, arguments["auto_approve"], question):
            output.talk("Nothing was done.")
            return 1
        output.report([diagnostic for _, diagnostic in tidy(options, wanted) if diagnostic])
        audited_keys = audit(options)
    _show(output, arguments["output_format"], audited_keys)
    return 1 if any(audited_key.condition not in ("kept", "changed") for audited_key in audited_keys) else 0


@command.command("set", help=HELP["key set"], short_help=SHORT["key set"])
@common
@click.argument("endpoint", shell_complete=complete.endpoints)
def set_one(endpoint: str, **arguments: Any) -> int:
    """Store a key for ENDPOINT.

    The user types the key without echo, or pipes the key to standard input. The key is never an argument.
    """
    from reconciler.engine.keys.manage import place_for_key, set_key

    options, output = options_of(arguments), output_of(arguments)
    place = place_for_key(options, endpoint)
    value = secret(f"key for {place.url}")
    code = _done(output, lambda: set_key(options, endpoint, value), f"stored: key.{endpoint}, for {place.url}")
    if code == 0:
        output.talk(*_untested(place, f"gwctl test {endpoint}{options.typed}"))
    return code


def _untested(place: KeyPlace, test: str) -> tuple[str, str]:
    """Return the sentences that the stored key was not tested, and the command that tests it."""
    from reconciler.secrets.reference import EnvReference
    from reconciler.text import printable

    if place.first is None:
        return "The key was not tested. To test it: ", test
    first = printable(str(place.first), 300)
    if isinstance(place.first, EnvReference):
        words = f"The key was not tested. {first} is set, and gwctl uses its key first. "
        return f"{words}To test the stored key, unset {place.first.name}, then: ", test
    return f"The key was not tested. gwctl uses the key from {first}. Only tools use the stored key.", ""


@command.command("rm", help=HELP["key rm"], short_help=SHORT["key rm"])
@common
@click.argument("endpoint", shell_complete=complete.endpoints)
def remove_one(endpoint: str, **arguments: Any) -> int:
    """Delete the stored key of ENDPOINT. An entry that gwctl did not create is not deleted."""
    from reconciler.engine.keys.manage import remove_key

    return _done(output_of(arguments), lambda: remove_key(options_of(arguments), endpoint), f"removed: key.{endpoint}")


def _of_tool(command: Callable[..., int]) -> Callable[..., int]:
    """Add the arguments of a tool's key request. The name `--format json` is reserved for keys that expire."""
    for option in (
        click.option(
            "--ledger",
            metavar="PATH",
            default="",
            help="The absolute path of the ledger (default: the path of your own ledger).",
        ),
        click.option("--for", "origin", metavar="ORIGIN", default="", help="Fail if the key is for another host."),
        click.argument("handle"),
    ):
        command = option(command)
    return command


@command.command("print", help=HELP["key print"], short_help=SHORT["key print"])
@_of_tool
def print_one(handle: str, origin: str, ledger: str) -> int:
    """Print only the key of HANDLE, or of NAME/ENDPOINT."""
    from reconciler.cli.key_print import print_key
    from reconciler.secrets.key_request import KeyRequest

    return print_key(KeyRequest(handle=handle, origin=origin, ledger=ledger))


@command.command("check", help=HELP["key check"], short_help=SHORT["key check"])
@_of_tool
def check_one(handle: str, origin: str, ledger: str) -> int:
    """Do the same as `print`, but print the source of the key instead of the key."""
    import os

    from reconciler.engine.keys.print_key import printable_key
    from reconciler.secrets.key_request import KeyRequest

    found = printable_key(KeyRequest(handle=handle, origin=origin, ledger=ledger), os.environ)
    _plain().line(f"{handle} works: `gwctl key print` prints {found.source} for {found.origin}")
    return 0


@command.command("revoke", help=HELP["key revoke"], short_help=SHORT["key revoke"])
@click.argument("handle")
@click.option("--undo", is_flag=True, help="Allow the handle again.")
def revoke_one(handle: str, undo: bool) -> int:
    """Revoke HANDLE, or with --undo allow HANDLE again."""
    import os

    from reconciler.engine.keys.handles import revoke

    revoke(handle, os.environ, undo)
    _plain().line(f"{'allowed again' if undo else 'revoked'}: {handle}")
    return 0


def _plain() -> Output:
    from reconciler.cli.console.output import Output

    return Output("auto", verbose=False, quiet=False)


def _done(output: Output, work: Callable[[], Any], words: str) -> int:
    diagnostics = work()
    if diagnostics:
        return output.report([diagnostics])
    output.line(words)
    return 0


def _show(
    output: Output, output_format: str, audited_keys: Sequence[Audited], handles: Sequence[Handle] | None = None
) -> None:
    if output_format == "json":
        from reconciler import safe_json
        from reconciler.render.json.keys import keys_document

        output.data(
            safe_json.dumps(
                keys_document([(audited_key.row, audited_key.condition) for audited_key in audited_keys], handles)
            )
        )
    elif output_format == "text":
        from reconciler.render.views.machine.keys import keys_view

        output.show(
            keys_view(
                [(audited_key.row, audited_key.condition, audited_key.advice) for audited_key in audited_keys], handles
            )
        )
