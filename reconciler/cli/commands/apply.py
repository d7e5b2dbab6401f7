"""`gwctl apply`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.apply_flow import approved, carry_out
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.options import asking, common, consenting, options_of, output_of, scoped, sparing, text_or_json
from reconciler.cli.plan_text import no_plan
from reconciler.cli.usage import UsageFault

if TYPE_CHECKING:
    from reconciler.engine.options import Options
    from reconciler.engine.plan import Prepared


@click.command("apply", help=HELP["apply"], short_help=SHORT["apply"])
@common
@asking
@consenting
@scoped
@sparing
@text_or_json
@approved
@click.argument("plan_file", metavar="[PLAN]", required=False)
def command(plan_file: str | None, **given: Any) -> int:
    """Show the plan, ask, and carry it out; or carry out a saved PLAN, which asks nothing any more."""
    options, output = options_of(given, applying=True), output_of(given)
    if plan_file is not None:
        _refuse_consents(given)
        return carry_out(_saved(options, plan_file), options, output, given | {"auto_approve": True})
    from reconciler.cli.progress import progress
    from reconciler.engine.plan import prepare

    with progress(output, given["output_format"]) as awaited:
        prepared = prepare(options, awaited.turn)
    return carry_out(prepared, options, output, given)


def _saved(options: Options, plan_file: str) -> Prepared:
    from reconciler.engine.saved_plan import prepare_saved

    prepared = prepare_saved(options, Path(plan_file))
    if prepared.session is not None:
        return prepared
    said = no_plan(prepared.plan.diagnostics, plan_file, "apply")
    return replace(prepared, plan=replace(prepared.plan, diagnostics=tuple(said)))


def _refuse_consents(given: dict[str, Any]) -> None:
    names = {
        "catalogs": "--accept-catalog",
        "deletes": "--allow-delete",
        "adopts": "--adopt",
        "allowed_hosts": "--allow-host",
    }
    late = [option for name, option in names.items() if given[name]]
    if late:
        raise UsageFault("A saved plan carries its own consents", f"give {', '.join(late)} to `gwctl plan --out FILE`")
    idle = [f"--{name.replace('_', '-')}" for name in ("locked", "offline", "no_keys") if given[name]]
    if idle:
        raise UsageFault("A saved plan has its model lists in it", f"give {', '.join(idle)} to `gwctl plan --out FILE`")
