"""`gwctl state`: list, show, rm, mv, pull."""

from __future__ import annotations

import sys
from typing import Any

import click

from reconciler.cli.common import common, options_of, output_of, text_or_json


@click.group("state", short_help="Look after the state: what was applied.")
def command() -> None:
    """Look after the state: what was applied."""


@command.command("list")
@common
@text_or_json
def list_resources(**given: Any) -> int:
    """List the addresses of everything recorded."""
    from reconciler.engine.surgery import open_state

    options, output = options_of(given), output_of(given)
    state = open_state(options).state
    if given["output_format"] == "json":
        from reconciler import jsontext
        from reconciler.render.state_json import state_list_document

        output.data(jsontext.dumps(state_list_document(state.lineage, state.serial, state.resources.values())))
        return 0
    from reconciler.render.state_view import addresses_view

    output.show(addresses_view(state.resources))
    return 0


@command.command("show")
@common
@text_or_json
@click.argument("address")
def show(address: str, **given: Any) -> int:
    """Show what is recorded of one ADDRESS."""
    from reconciler.engine.surgery import open_state, resource_at

    options, output = options_of(given), output_of(given)
    found = resource_at(open_state(options), address)
    if given["output_format"] == "json":
        from reconciler import jsontext
        from reconciler.render.state_json import resource_document

        output.data(jsontext.dumps(resource_document(found)))
        return 0
    from reconciler.render.state_view import resource_view

    output.show(resource_view(found, output.verbose))
    return 0


@command.command("rm")
@common
@click.argument("addresses", nargs=-1, required=True)
def remove(addresses: tuple[str, ...], **given: Any) -> int:
    """Forget what is recorded at these ADDRESSES, an endpoint with its models and their defaults.

    What the gateway file still asks for is created again by the next apply.
    """
    from reconciler.engine.surgery import forget, open_state
    from reconciler.render.state_view import addresses_view

    options, output = options_of(given), output_of(given)
    output.show(addresses_view(forget(open_state(options), addresses), "forgotten"))
    return 0


@command.command("mv")
@common
@click.argument("old")
@click.argument("new")
def move_address(old: str, new: str, **given: Any) -> int:
    """Call what is recorded at OLD by the address NEW from now on.

    The same as `moved:` in the gateway file, for this one state.
    """
    from reconciler.engine.surgery import move, open_state
    from reconciler.render.state_view import moves_view

    options, output = options_of(given), output_of(given)
    output.show(moves_view(move(open_state(options), old, new)))
    return 0


@command.command("pull")
@common
def pull(**given: Any) -> int:
    """Print the state's document as it is stored."""
    from reconciler.engine.surgery import open_state
    from reconciler.state.codec import encode

    opened = open_state(options_of(given))
    if not opened.state.serial:
        sys.stderr.write(f"nothing is recorded yet: {opened.store.place}\n")
        return 1
    output_of(given).data(encode(opened.state).decode())
    return 0
