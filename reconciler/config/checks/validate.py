"""The check of a gateway file against the schema."""

from __future__ import annotations

from typing import Any

from reconciler.diagnostics import Diagnostic
from reconciler.shapes.shape import fits
from reconciler.yaml.tree import MappingNode


def check(root: MappingNode, data: dict[str, Any]) -> list[Diagnostic]:
    """Return a diagnostic for each field that is unknown, missing or of the wrong kind. No diagnostic shows a value.

    `data` is the file as plain data, without the user's own fields.
    """
    if fits("gateway", data):
        return []
    from reconciler.config.checks.schema_faults import schema_faults

    return schema_faults(root, data)


def sound_preset(data: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a custom preset that the schema accepts. `check` reports all other fields."""
    if fits("preset", data):
        return data
    from reconciler.config.checks.schema_faults import sound_preset_fields

    return sound_preset_fields(data)
