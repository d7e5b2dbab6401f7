"""Recorded resources as JSON documents."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, cast

from reconciler.render.json.types.shared import FORMAT_VERSION
from reconciler.render.json.types.state import ResourceDocument, StateListDocument
from reconciler.resources.resource import Resource


def state_list_document(lineage: str, serial: int, resources: Iterable[Resource]) -> StateListDocument:
    """Return the document of `gwctl state list --format json`; `lineage` is null before the first apply."""
    return {
        "format_version": FORMAT_VERSION,
        "lineage": lineage or None,
        "serial": serial,
        "resources": [resource_document(resource) for resource in resources],
    }


def resource_document(resource: Resource) -> ResourceDocument:
    """Return the document of `gwctl state show --format json`."""
    kind = cast('Literal["endpoint", "model", "default"]', resource.address.kind.name)
    return {"address": str(resource.address), "kind": kind, "attributes": resource.data}
