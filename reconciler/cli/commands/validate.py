"""`gwctl validate`."""

from __future__ import annotations

from typing import Any

import click

from reconciler.cli.common import common, options_of, output_of, text_or_json


@click.command("validate", short_help="Check the gateway file.")
@common
@text_or_json
def command(**given: Any) -> int:
    """Check the gateway file: no network, no keys, no state.

    All errors at once, each with its place and what to write instead.
    """
    from reconciler.config.load import load
    from reconciler.diagnostics import has_errors

    options, output = options_of(given), output_of(given)
    found = load(options.files, options.variables, options.environ).diagnostics
    valid = not has_errors(found)
    if given["output_format"] == "json":
        from reconciler import jsontext
        from reconciler.render.json_view import validate_document

        output.data(jsontext.dumps(validate_document(found)))
        return 0 if valid else 1
    output.report(found)
    if valid and not output.quiet:
        output.data(f"{', '.join(map(str, options.files))}: valid\n")
    return 0 if valid else 1
