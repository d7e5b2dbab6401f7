"""From an older version of the state's document to the next one: what was not known then was not asked for."""

from __future__ import annotations

from typing import Any

# What version 2 knows of an endpoint and version 1 did not.
_OF_TWO: dict[str, Any] = {"tls": None, "proxy": None, "store_key": False}


def one_to_two(document: dict[str, Any]) -> dict[str, Any]:
    """Endpoints say how they are reached; a broken document stays broken, for the schema to say so."""
    resources = document.get("resources")
    if not isinstance(resources, list):
        return document | {"version": 2}
    return document | {"version": 2, "resources": [_endpoint(found) for found in resources]}


def two_to_three(document: dict[str, Any]) -> dict[str, Any]:
    """A state says who wrote it."""
    return document | {"version": 3, "written": None}


def _endpoint(entry: Any) -> Any:
    attributes = entry.get("attributes") if isinstance(entry, dict) and entry.get("kind") == "endpoint" else None
    return entry | {"attributes": _OF_TWO | attributes} if isinstance(attributes, dict) else entry
