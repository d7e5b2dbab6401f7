"""`gwctl destroy`."""

from __future__ import annotations

from typing import Any

import click

from reconciler.cli.apply_flow import approved, carry_out
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.options import common, options_of, output_of, scoped, text_or_json


@click.command("destroy", help=HELP["destroy"], short_help=SHORT["destroy"])
@common
@scoped
@text_or_json
@approved
def command(**given: Any) -> int:
    """Remove all that gwctl recorded for this gateway file; asks no endpoint."""
    from reconciler.engine.plan import prepare_destroy

    options, output = options_of(given, applying=True), output_of(given)
    prepared = prepare_destroy(options)
    plan = prepared.plan
    if given["output_format"] == "text" and prepared.session and not (plan.changes or plan.failed):
        output.report(plan.diagnostics)
        output.line(f"Nothing to do: nothing of {plan.name} is recorded in {prepared.session.store.place}.")
        return 0
    return carry_out(prepared, options, output, given)
