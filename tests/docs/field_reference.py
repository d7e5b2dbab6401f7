"""The tables of fields in docs/reference/gateway-file.md, made from the schema."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from reconciler.config.schema import gateway_schema
from tests.docs import schema_tables

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "gateway-file.md"
_MARK = "<!-- fields: made by `python -m tests.docs.generated` -->"
_TABLES = re.compile(rf"(?<={re.escape(_MARK)}\n\n).*?(?=\n<!-- end of fields -->)", re.DOTALL)


def page() -> str:
    """Return the whole page, with the tables as the code has them."""
    return _TABLES.sub(lambda _: "\n".join(_sections()), PAGE.read_text(encoding="utf-8"), count=1)


def _sections() -> Iterator[str]:
    schema = gateway_schema()
    names = {name: f"fields-of-{schema_tables.title(name).replace(' ', '-')}" for name in schema["$defs"]}
    yield "### Fields of the file\n"
    yield schema_tables.table(schema, names)
    for name, part in schema["$defs"].items():
        yield f"### Fields of {schema_tables.title(name)}\n"
        yield schema_tables.description(part) + "\n"
        yield schema_tables.table(part, names)
