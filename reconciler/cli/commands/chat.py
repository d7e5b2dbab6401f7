"""The command `gwctl chat`."""

from __future__ import annotations

from typing import Any

import click

from reconciler.cli.completion import complete
from reconciler.cli.console.prompts import piped_text
from reconciler.cli.group import HelpfulCommand
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.options import asking, common, options_of, output_of, text_or_json
from reconciler.cli.usage.fault import UsageFault


@click.command("chat", cls=HelpfulCommand, help=HELP["chat"], short_help=SHORT["chat"])
@common
@asking
@text_or_json
@click.argument("words", nargs=-1, required=True, metavar="[MODEL] PROMPT", shell_complete=complete.first_model)
def command(**arguments: Any) -> int:
    """Send one message to a model, as a smoke test.

    MODEL is ENDPOINT/ID, an ID or a role. Without MODEL, the message goes to the default model for chat.
    """
    from reconciler.engine.chat import chat_once
    from reconciler.render.json.live import chats_document

    if len(arguments["words"]) > 2:
        raise UsageFault("The prompt must be one argument", 'quote the prompt: gwctl chat ENDPOINT/ID "What is it?"')
    options, output = options_of(arguments), output_of(arguments)
    model = arguments["words"][0] if len(arguments["words"]) == 2 else None
    prompt = arguments["words"][-1]
    failing = output.failing_as(arguments["output_format"], lambda diagnostics: chats_document(None, diagnostics))
    with failing, output.progress(arguments["output_format"]) as awaited, awaited.waiting_for("the answer"):
        reply = chat_once(options, model, piped_text() if prompt == "-" else prompt)
    if arguments["output_format"] == "json":
        from reconciler import safe_json

        output.data(safe_json.dumps(chats_document(reply)))
        return 0 if reply.ok else 1
    from reconciler.render.views.live import answer_view
    from reconciler.text import block

    if reply.ok:
        output.answer(block(reply.text))
        if not output.quiet:
            output.say(answer_view(reply))
    return output.report(reply.diagnostics)
