"""The command `gwctl test`."""

from __future__ import annotations

from typing import Any

import click

from reconciler.cli.completion import complete
from reconciler.cli.group import HelpfulCommand
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.options import asking, common, options_of, output_of, text_or_json

_EVERY_API = "gwctl.every_api"


class _Test(HelpfulCommand):
    """The command `gwctl test`.

    The option `--chat` takes a value only after `=`, because the next word is an endpoint.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read `--chat=all` as `--chat`, and remember the value `all`."""
        end = args.index("--") if "--" in args else len(args)
        ctx.meta[_EVERY_API] = "--chat=all" in args[:end]
        plain = ["--chat" if word == "--chat=all" else word for word in args[:end]]
        return super().parse_args(ctx, [*plain, *args[end:]])


@click.command("test", cls=_Test, help=HELP["test"], short_help=SHORT["test"])
@common
@asking
@text_or_json
@click.option(
    "--chat",
    "with_chat",
    is_flag=True,
    help="Also send one message to one chat model of each endpoint. With =all, send one through each API of the model.",
)
@click.argument("endpoints", nargs=-1, shell_complete=complete.endpoints)
def command(**arguments: Any) -> int:
    """Test the connection to all endpoints, or to the named ENDPOINTS. The exit code is 1 if a test fails."""
    from reconciler.diagnostics import has_errors
    from reconciler.engine.chat import chat_each, findings_of
    from reconciler.engine.connection_test import look
    from reconciler.render.json.live import test_document

    options, output = options_of(arguments), output_of(arguments)
    failing = output.failing_as(arguments["output_format"], lambda diagnostics: test_document({}, (), diagnostics))
    with failing, output.progress(arguments["output_format"]) as awaited:
        looked = look(options, arguments["endpoints"], on_done=awaited.turn)
        chats = (
            chat_each(looked, awaited.turn, click.get_current_context().meta[_EVERY_API])
            if arguments["with_chat"]
            else []
        )
    reported = (*looked.diagnostics, *findings_of(chats))
    if arguments["output_format"] == "json":
        from reconciler import safe_json

        output.data(safe_json.dumps(test_document(looked.observations, chats, reported)))
        return 1 if has_errors(reported) else 0
    from reconciler.render.views.live import test_view

    output.show(test_view(looked.observations, chats))
    return output.report(reported)
