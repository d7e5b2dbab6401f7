"""`gwctl destroy`."""

from __future__ import annotations

from typing import Any

import click

from reconciler.cli.applying import approved, carry_out
from reconciler.cli.common import common, options_of, output_of, scoped, text_or_json
from reconciler.cli.help import HELP, SHORT


@click.command("destroy", help=HELP["destroy"], short_help=SHORT["destroy"])
@common
@scoped
@text_or_json
@approved
def command(**given: Any) -> int:
    """Remove all that gwctl recorded for this gateway file; asks no endpoint."""
    from reconciler.engine.planning import prepare_destroy

    options = options_of(given, applying=True)
    return carry_out(prepare_destroy(options), options, output_of(given), given)
