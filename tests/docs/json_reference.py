"""docs/reference/json.md, made from the schemas."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import fill
from typing import Any

from reconciler.schemas import SCHEMAS, schema_of
from tests.docs import schema_tables

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "json.md"
_WIDTH = 120
_ELSEWHERE = dict.fromkeys(("gateway", "overlay", "local"), "gateway-file.md")  # formats with a page of their own
_HEAD = """# JSON

This page is generated from the schemas: `python -m tests.docs.generated`.
`gwctl schema NAME` prints a schema. With `--format json`, a command prints one document to standard output.

A document that a command prints has its version in `format_version`, a file in `version`. The
[changelog](../../CHANGELOG.md) lists each change of a format, and older files still work.

| name | schema |
| --- | --- |
"""


def page() -> str:
    """Return the whole page."""
    schemas = {name: schema_of(name) for name in SCHEMAS if name not in _ELSEWHERE}
    rows = [f"| [`{name}`](#{name}) | [{name}.schema.json](../../schemas/{name}.schema.json) |\n" for name in schemas]
    return "\n".join([_HEAD + "".join(rows), *(_section(name, schema) for name, schema in schemas.items())])


def _section(name: str, schema: dict[str, Any]) -> str:
    return "\n".join(_parts(name, schema))


def _parts(name: str, schema: dict[str, Any]) -> Iterator[str]:
    objects = {each: part for each, part in schema.get("$defs", {}).items() if part.get("properties")}
    names = {each: f"{name}-{schema_tables.title(each).replace(' ', '-')}" for each in objects}
    yield f"## {name}\n"
    yield from _text(schema)
    yield schema_tables.table(schema, names)
    for each, part in objects.items():
        yield f"### {name} {schema_tables.title(each)}\n"
        yield from _text(part)
        yield schema_tables.table(part, names)


def _text(schema: dict[str, Any]) -> Iterator[str]:
    for part in filter(None, schema_tables.description(schema).split("\n\n")):
        yield fill(" ".join(part.split()), _WIDTH, break_long_words=False, break_on_hyphens=False) + "\n"
