"""The command `gwctl schema`."""

from __future__ import annotations

import click

from reconciler.cli.completion import complete
from reconciler.cli.group import HelpfulCommand
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.usage.fault import UsageFault


@click.command("schema", cls=HelpfulCommand, help=HELP["schema"], short_help=SHORT["schema"])
@click.argument("name", default="gateway", shell_complete=complete.schemas)
def command(name: str) -> int:
    """Print the JSON Schema of the gateway file, or of the format NAME."""
    from reconciler import safe_json
    from reconciler.cli.console.streams import write_document
    from reconciler.schemas import SCHEMAS, schema_of
    from reconciler.text import did_you_mean

    if name not in SCHEMAS:
        raise UsageFault(
            "There is no format with that name", did_you_mean(name, SCHEMAS) or f"one of: {', '.join(sorted(SCHEMAS))}"
        )
    write_document(safe_json.dumps(schema_of(name)))
    return 0
