"""The command `gwctl trust`: agree, list and revoke."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.completion import complete
from reconciler.cli.group import CommandGroup
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.options import common, options_of, output_of, text_or_json
from reconciler.cli.usage.fault import UsageFault

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from reconciler.engine.options import Options
    from reconciler.secrets.binding import Pair


class _Names(CommandGroup):
    """The group of the commands `list` and `revoke`. Any other word after `gwctl trust` is the name of an endpoint."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the named command. If no command is named, return `agree` with all words as its arguments."""
        if args and args[0] in self.commands:
            return super().resolve_command(ctx, args)
        return "agree", agree, args

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands and endpoints that begin with `incomplete`. After `-`, return the options."""
        items = super().shell_complete(ctx, incomplete)
        return items if incomplete.startswith("-") else [*items, *agree.params[-1].shell_complete(ctx, incomplete)]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments as click does. Without a command, `gwctl trust` is `gwctl trust agree`."""
        if ctx.resilient_parsing and not args:  # a shell completes the first word
            return super().parse_args(ctx, args)
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            args = ["agree", *args]
        return super().parse_args(ctx, args)


@click.group("trust", cls=_Names, help=HELP["trust"], short_help=SHORT["trust"])
def command() -> None:
    """Allow secrets to be sent to hosts. List and revoke the bindings."""


@command.command("agree", hidden=True, help=HELP["trust agree"], short_help=SHORT["trust agree"])
@common
@click.option(
    "--moved-from",
    "old",
    metavar="PATH",
    help="Keep the keys and records of a gateway file that was moved here from PATH.",
)
@click.option(
    "--another",
    is_flag=True,
    help="Start without the keys of the other gateway file that uses the same state.",
)
@click.argument("endpoints", nargs=-1, shell_complete=complete.endpoints)
def agree(endpoints: tuple[str, ...], old: str | None, another: bool, **arguments: Any) -> int:
    """Agree to all new pairs of a secret and a host, or only to the pairs of the named ENDPOINTS."""
    from reconciler.engine.trust import manage
    from reconciler.text import printable

    options, output = options_of(arguments), output_of(arguments)
    if old is not None or another:
        stack = manage.moved_from(options, old) if old is not None else manage.another(options)
        output.line(f"{stack.path} is registered with the state {stack.store}")
        return 0
    trusted = manage.trust(options, endpoints)
    for want in trusted.new:
        output.line(f"trusted: {_words(want.pair)}")
    for stack in trusted.older:
        output.line(
            f"taken over: keys and records of an older gwctl for {printable(stack.store or stack.lineage, 300)}"
        )
    for want in trusted.known:
        output.talk(f"already trusted: {_words(want.pair)}")
    if not (trusted.new or trusted.known or trusted.older):
        output.talk(f"{_why_nothing(endpoints, options)}: there is nothing to agree to")
    return 0


@command.command("list", help=HELP["trust list"], short_help=SHORT["trust list"])
@common
@text_or_json
def list_all(**arguments: Any) -> int:
    """List the bindings on this machine, for every gateway file."""
    from reconciler.engine.trust.manage import listed
    from reconciler.render.json.trust import trust_document
    from reconciler.render.views.trust import trust_view

    options, output = options_of(arguments), output_of(arguments)
    agreements = listed(options)
    if arguments["output_format"] == "json":
        from reconciler import safe_json

        output.data(safe_json.dumps(trust_document(agreements)))
    else:
        output.show(trust_view(agreements))
    return 0


@command.command("revoke", help=HELP["trust revoke"], short_help=SHORT["trust revoke"])
@common
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Revoke all bindings of this gateway file, including the binding of its state.",
)
@click.argument("endpoints", nargs=-1, shell_complete=complete.endpoints)
def revoke(endpoints: tuple[str, ...], everything: bool, **arguments: Any) -> int:
    """Revoke the bindings of ENDPOINTS in this gateway file."""
    from reconciler.engine.trust import manage

    if bool(endpoints) == everything:
        raise UsageFault("gwctl trust revoke needs either endpoints or --all", "gwctl trust revoke --help")
    gone = manage.revoke(options_of(arguments), endpoints)
    output = output_of(arguments)
    for pair in gone:
        output.line(f"revoked: {_words(pair.pair)}")
    if not gone:
        output.talk("nothing to revoke")
    return 0


def _words(pair: Pair) -> str:
    from reconciler.text import printable

    return printable(f"{pair.secret.whole} → {pair.exposure}", 600)


def _why_nothing(names: Sequence[str], options: Options) -> str:
    """Return the clause that says why no consent is needed."""
    if options.state is not None and not names:
        return "the server of the state is sent no secrets"
    clients = [name for name in names if name.startswith("client.")]
    endpoints = [f"endpoint.{name}" for name in names if name not in clients]
    senders = endpoints or ([] if clients else ["this gateway file"])
    what = [
        *([f"{', '.join(senders)} {'send' if len(senders) > 1 else 'sends'} no secrets"] if senders else []),
        *([f"no tool of this machine is configured by {', '.join(clients)}"] if clients else []),
    ]
    return ", and ".join(what)
