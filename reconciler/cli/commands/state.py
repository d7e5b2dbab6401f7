"""The command `gwctl state`: list, show, rm, mv, pull, push and unlock."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from reconciler import codes
from reconciler.cli.completion import complete
from reconciler.cli.consents import approve
from reconciler.cli.group import CommandGroup
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.options import common, options_of, output_of, text_or_json
from reconciler.text import printable


@click.group("state", cls=CommandGroup, help=HELP["state"], short_help=SHORT["state"])
def command() -> None:
    """Show and edit the state, which records what was applied."""


@command.command("list", help=HELP["state list"], short_help=SHORT["state list"])
@common
@text_or_json
@click.option(
    "--machine", is_flag=True, help="List the resources that are recorded only on this machine, not in a shared state."
)
def list_resources(**arguments: Any) -> int:
    """List the addresses of all recorded resources."""
    from reconciler.engine.state_edit import machine_resources, open_state

    options, output = options_of(arguments), output_of(arguments)
    opened = open_state(options)
    state = opened.state
    resources = machine_resources(opened, options) if arguments["machine"] else state.resources
    if arguments["output_format"] == "json":
        from reconciler import safe_json
        from reconciler.render.json.state import state_list_document

        output.data(safe_json.dumps(state_list_document(state.lineage, state.serial, resources.values())))
        return 0
    from reconciler.render.views.state import addresses_view

    output.show(addresses_view(resources))
    return 0


@command.command("show", help=HELP["state show"], short_help=SHORT["state show"])
@common
@text_or_json
@click.argument("address", shell_complete=complete.addresses)
def show(address: str, **arguments: Any) -> int:
    """Show the recorded resource at ADDRESS."""
    from reconciler.engine.state_edit import open_state, resource_at

    options, output = options_of(arguments), output_of(arguments)
    resource = resource_at(open_state(options), address)
    if arguments["output_format"] == "json":
        from reconciler import safe_json
        from reconciler.render.json.state import resource_document

        output.data(safe_json.dumps(resource_document(resource)))
        return 0
    from reconciler.render.views.state import resource_view

    output.show(resource_view(resource, output.verbose))
    return 0


@command.command("rm", help=HELP["state rm"], short_help=SHORT["state rm"])
@common
@click.argument("addresses", nargs=-1, required=True, shell_complete=complete.addresses)
def remove(addresses: tuple[str, ...], **arguments: Any) -> int:
    """Remove the resources at ADDRESSES from the state. An endpoint is removed with its models and their defaults."""
    from reconciler.engine.state_edit import forget, open_state
    from reconciler.render.views.state import addresses_view

    options, output = options_of(arguments), output_of(arguments)
    output.show(addresses_view(forget(open_state(options), addresses), "forgotten"))
    return 0


@command.command("mv", help=HELP["state mv"], short_help=SHORT["state mv"])
@common
@click.argument("old", shell_complete=complete.addresses)
@click.argument("new")
def move_address(old: str, new: str, **arguments: Any) -> int:
    """Change the address of a recorded resource from OLD to NEW."""
    from reconciler.engine.state_edit import move, open_state
    from reconciler.render.views.state import moves_view

    options, output = options_of(arguments), output_of(arguments)
    output.show(moves_view(move(open_state(options), old, new)))
    return 0


@command.command("pull", help=HELP["state pull"], short_help=SHORT["state pull"])
@common
def pull(**arguments: Any) -> int:
    """Print the stored state, unchanged."""
    from reconciler.engine.state_edit import open_state
    from reconciler.state.codec import encode

    opened = open_state(options_of(arguments))
    if not opened.state.serial:
        from reconciler.diagnostics import error

        summary = f"Nothing is recorded yet: {opened.store.place}"
        return output_of(arguments).report([error(codes.NOTHING_RECORDED, summary, hint="run `gwctl apply` first")])
    output_of(arguments).data(encode(opened.state).decode())
    return 0


@command.command("push", help=HELP["state push"], short_help=SHORT["state push"])
@common
@click.argument("file", metavar="FILE", shell_complete=complete.files)
def push(file: str, **arguments: Any) -> int:
    """Replace the stored state with FILE. FILE is the output of `gwctl state pull`, or an errored.state.json."""
    from reconciler.engine.state_edit import open_state
    from reconciler.engine.state_edit import push as push_state

    opened = open_state(options_of(arguments))
    data = _bytes_of(file)
    state = push_state(opened, data, "standard input" if file == "-" else file)
    output_of(arguments).talk(f"pushed: serial {state.serial} of {state.name} to {opened.store.place}")
    return 0


@command.command("unlock", help=HELP["state unlock"], short_help=SHORT["state unlock"])
@common
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
def unlock(**arguments: Any) -> int:
    """Remove the lock of the state, no matter who holds it."""
    from reconciler.engine.state_edit import store_alone

    store, output = store_alone(options_of(arguments)), output_of(arguments)
    holder = store.holder()
    if holder is None:
        output.talk(f"not locked: {store.place}")
        return 0
    locked = f"{store.place} is locked by {holder}."
    if not approve(output, arguments["auto_approve"], "Remove the lock?", locked):
        output.talk(f"{locked} Nothing was done.")
        return 1
    output.talk(f"removed: the lock of {store.unlock() or holder}")
    return 0


def _bytes_of(file: str) -> bytes:
    from reconciler.diagnostics import error
    from reconciler.errors import Failed
    from reconciler.files.read_file import read_file, read_standard_input
    from reconciler.state.kinship import LARGEST

    try:
        return read_standard_input(LARGEST) if file == "-" else read_file(Path(file), LARGEST)
    except OSError as fault:
        summary = f"Cannot read the file to push: {printable(file)}: {fault.strerror}"
        raise Failed(
            error(codes.STATE_UNREADABLE, summary, detail="Nothing was done.", hint="check the path")
        ) from None
