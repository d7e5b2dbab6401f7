"""The JSON documents of `gwctl state list` and `state show`."""

from __future__ import annotations

from typing import Any, Literal

from reconciler.render.json.types.shared import TypedDict


class ResourceDocument(TypedDict):
    """One recorded resource."""

    address: str
    kind: Literal["endpoint", "model", "default"]
    attributes: dict[str, Any]


class StateListDocument(TypedDict):
    """`gwctl state list --format json`."""

    format_version: str
    lineage: str | None
    serial: int
    resources: list[ResourceDocument]
