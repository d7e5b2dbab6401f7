"""`gwctl trust`: agree, list, revoke."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.common import common, options_of, output_of, text_or_json
from reconciler.cli.help import HELP, SHORT

if TYPE_CHECKING:
    from reconciler.cli.output import Output
    from reconciler.secrets.binding import Pair


class _Names(click.Group):
    """`list` and `revoke` are commands, whatever else is written is an endpoint's name."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command, else the one that takes names."""
        if args and args[0] in self.commands:
            return super().resolve_command(ctx, args)
        return "agree", agree, args

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does; `gwctl trust` alone agrees to everything that is new."""
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            args = ["agree", *args]
        return super().parse_args(ctx, args)


@click.group("trust", cls=_Names, help=HELP["trust"], short_help=SHORT["trust"])
def command() -> None:
    """Agree to where secrets may go; list, revoke."""


@command.command("agree", hidden=True, help=HELP["trust agree"], short_help=SHORT["trust agree"])
@common
@click.option("--moved-from", "old", metavar="PATH", help="The file was at PATH: its keys and records come along.")
@click.option("--another", is_flag=True, help="This is another gateway file than the one that has the same state.")
@click.argument("endpoints", nargs=-1)
def agree(endpoints: tuple[str, ...], old: str | None, another: bool, **given: Any) -> int:
    """Agree to every new pair, or to those of the named ENDPOINTS."""
    from reconciler.engine import trusting

    options, output = options_of(given), output_of(given)
    if old is not None or another:
        stack = trusting.moved_from(options, old) if old is not None else trusting.another(options)
        output.data(f"{stack.path} is known, with the state {stack.store}\n")
        return 0
    return _told(output, "trusted", [each.pair for each in trusting.trust(options, endpoints)])


@command.command("list", help=HELP["trust list"], short_help=SHORT["trust list"])
@common
@text_or_json
def list_all(**given: Any) -> int:
    """List what was agreed to on this machine, for every gateway file."""
    from reconciler.engine.trusting import listed
    from reconciler.render.trust_view import trust_document, trust_view

    options, output = options_of(given), output_of(given)
    found = listed(options)
    if given["output_format"] == "json":
        from reconciler import jsontext

        output.data(jsontext.dumps(trust_document(found)))
    else:
        output.show(trust_view(found))
    return 0


@command.command("revoke", help=HELP["trust revoke"], short_help=SHORT["trust revoke"])
@common
@click.option("--all", "everything", is_flag=True, help="All of this gateway file, its state's credential included.")
@click.argument("endpoints", nargs=-1)
def revoke(endpoints: tuple[str, ...], everything: bool, **given: Any) -> int:
    """Take back what was agreed to for the ENDPOINTS of this gateway file."""
    from reconciler.engine import trusting

    if bool(endpoints) == everything:
        raise click.UsageError("name the endpoints, or give --all")
    gone = trusting.revoke(options_of(given), endpoints)
    return _told(output_of(given), "revoked", [each.pair for each in gone])


def _told(output: Output, done: str, pairs: Sequence[Pair]) -> int:
    from reconciler.text import printable

    for each in pairs:
        output.data(f"{done}: {printable(f'{each.secret.whole} → {each.exposure}', 600)}\n")
    if not pairs:
        output.talk(f"nothing to be {done}")
    return 0
