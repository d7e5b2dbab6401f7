"""`gwctl apply`."""

from __future__ import annotations

from typing import Any

import click

from reconciler.cli.applying import approved, carry_out
from reconciler.cli.common import asking, common, consenting, options_of, output_of, text_or_json


@click.command("apply")
@common
@asking
@consenting
@text_or_json
@approved
def command(**given: Any) -> int:
    """Show the plan, ask, and carry it out."""
    from reconciler.cli.consent import host_question
    from reconciler.cli.progress import Progress
    from reconciler.engine.planning import prepare

    options, output = options_of(given, applying=True), output_of(given)
    ask_host = host_question(given["auto_approve"])
    with Progress(not output.quiet) as progress:
        prepared = prepare(options, ask_host, progress.done)
    return carry_out(prepared, options, output, given)
