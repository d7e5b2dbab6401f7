"""JSON Schemas as Markdown: one table of fields for each object."""

from __future__ import annotations

import json
from typing import Any

_WORDS = {"string": "text", "object": "mapping", "array": "list", "boolean": "true or false", "null": "null"}
_EMPTY: tuple[object, ...] = ("", None, [], {})


def table(schema: dict[str, Any], names: dict[str, str]) -> str:
    """Return the table of the fields of an object. `names` is {definition: its anchor in the page}."""
    required = schema.get("required", ())
    properties = schema.get("properties", {})
    described = any("description" in field for field in properties.values())
    head = "| field | type | meaning |\n| --- | --- | --- |\n" if described else "| field | type |\n| --- | --- |\n"
    rows = []
    for name, field in properties.items():
        cells = [f"`{name}`", kind(field, names)]
        if described:
            cells.append(_meaning(field, name in required))
        rows.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n")
    return head + "".join(rows)


def kind(field: dict[str, Any], names: dict[str, str]) -> str:
    """Return the type of a field in words; an object of the page is a link."""
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return f"[{title(name)}](#{names[name]})" if name in names else "mapping without fields"
    if choices := field.get("anyOf") or field.get("oneOf"):
        return ", or ".join(dict.fromkeys(kind(each, names) for each in choices))
    if "enum" in field:
        return ", ".join(f"`{each}`" for each in field["enum"])
    if "const" in field:
        return f"`{json.dumps(field['const'])}`"
    if field.get("type") == "array":
        items = field.get("items") or {}
        return f"list: {kind(items, names)}" if items else "list"
    if field.get("type") == "object":
        values = [*field.get("patternProperties", {}).values(), *_of(field.get("additionalProperties"))]
        return f"mapping of names: {kind(values[0], names)}" if values else "mapping"
    return _WORDS.get(str(field.get("type", "")), str(field.get("type", "any")))


def title(name: str) -> str:
    """Return the heading of a definition: `EndpointFields` is `endpoint`, `TlsFields` is `tls`."""
    short = name.removesuffix("Fields").removesuffix("Document")
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in short).strip()


def description(schema: dict[str, Any]) -> str:
    """Return the text on an object, as Markdown."""
    return str(schema.get("description", "")).replace("{", "`{").replace("}", "}`") if schema else ""


def _of(value: object) -> list[dict[str, Any]]:
    return [value] if isinstance(value, dict) else []


def _meaning(field: dict[str, Any], is_required: bool) -> str:
    text = str(field.get("description", "")).replace("{", "`{").replace("}", "}`")
    given = field.get("default")
    is_plain = "default" in field and given not in _EMPTY and not isinstance(given, dict)
    extra = "required" if is_required else f"default: `{json.dumps(given).strip(chr(34))}`" if is_plain else ""
    return f"{text} ({extra})" if text and extra else text or extra
