"""`gwctl chat`."""

from __future__ import annotations

from typing import Any

import click

from reconciler.cli.help import HELP, SHORT
from reconciler.cli.options import asking, common, options_of, output_of, text_or_json
from reconciler.cli.prompts import piped_text
from reconciler.cli.usage import UsageFault


@click.command("chat", help=HELP["chat"], short_help=SHORT["chat"])
@common
@asking
@text_or_json
@click.argument("words", nargs=-1, required=True, metavar="[MODEL] PROMPT")
def command(**given: Any) -> int:
    """Send one message, for a smoke test: through MODEL (ENDPOINT/ID, or an ID), or the chat default."""
    from reconciler.cli.progress import progress
    from reconciler.engine.chat import chat_once
    from reconciler.render.json.live import chats_document

    if len(given["words"]) > 2:
        raise UsageFault("The prompt is more than one argument", 'quote it: gwctl chat ENDPOINT/ID "What is it?"')
    options, output = options_of(given), output_of(given)
    model = given["words"][0] if len(given["words"]) == 2 else None
    prompt = given["words"][-1]
    failing = output.failing_as(given["output_format"], lambda said: chats_document(None, said))
    with failing, progress(output, given["output_format"]) as awaited, awaited.waiting_for("the answer"):
        found = chat_once(options, model, piped_text() if prompt == "-" else prompt)
    if given["output_format"] == "json":
        from reconciler import safe_json

        output.data(safe_json.dumps(chats_document(found)))
        return 0 if found.ok else 1
    from reconciler.render.views.live import answer_view
    from reconciler.text import block

    if found.ok:
        output.line(block(found.text))
        if not output.quiet:
            output.say(answer_view(found))
    return output.report(found.diagnostics)
