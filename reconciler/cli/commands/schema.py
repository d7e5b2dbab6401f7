"""`gwctl schema`."""

from __future__ import annotations

import click


@click.command("schema", short_help="Print a JSON Schema.")
@click.argument("name", default="gateway")
def command(name: str) -> int:
    """Print a JSON Schema: of the gateway file, or of the format called NAME.

    For editors: `gwctl schema > gateway.schema.json`, and the file's first line
    `# yaml-language-server: $schema=gateway.schema.json`.
    """
    from reconciler import jsontext
    from reconciler.schemas import SCHEMAS, schema_of
    from reconciler.text import did_you_mean

    if name not in SCHEMAS:
        raise click.UsageError(f"no such format; {did_you_mean(name, SCHEMAS)}")
    click.echo(jsontext.dumps(schema_of(name)), nl=False)
    return 0
