"""The command `gwctl presets`."""

from __future__ import annotations

from typing import Any

import click

from reconciler.cli.group import HelpfulCommand
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.options import common, options_of, output_of, text_or_json


@click.command("presets", cls=HelpfulCommand, help=HELP["presets"], short_help=SHORT["presets"])
@common
@text_or_json
def command(**arguments: Any) -> int:
    """List the presets: base URL, whether a key is needed, and the variable that usually contains the key."""
    from reconciler.engine.presets import known_presets
    from reconciler.render.json.live import presets_document
    from reconciler.render.views.live import presets_view

    options, output = options_of(arguments), output_of(arguments)
    presets, diagnostics = known_presets(options, bool(arguments["files"]))
    if arguments["output_format"] == "json":
        from reconciler import safe_json

        output.data(safe_json.dumps(presets_document(presets, diagnostics)))
        return 0
    output.show(presets_view(presets, output.verbose))
    return output.report(diagnostics)
