"""Recorded resources as JSON documents."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, cast

from reconciler.diagnostics import Diagnostic
from reconciler.render.json.plan import diagnostic_documents
from reconciler.render.json.types.shared import FORMAT_VERSION
from reconciler.render.json.types.state import ResourceDocument, StateListDocument, StatusDocument
from reconciler.resources.resource import Resource


def state_list_document(lineage: str, serial: int, resources: Iterable[Resource]) -> StateListDocument:
    """Return the document of `gwctl state list --format json`. `lineage` is null before the first apply."""
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


def failed_status(diagnostics: Iterable[Diagnostic]) -> StatusDocument:
    """Return the document of a run of `gwctl status` that could read nothing."""
    return {
        "format_version": FORMAT_VERSION,
        "name": None,
        "state": None,
        "source": "nothing",
        "applied": None,
        "endpoints": [],
        "roles": {},
        "owned": [],
        "compared": "not known",
        "differs": None,
        "changes": None,
        "next": [],
        "diagnostics": diagnostic_documents(diagnostics),
    }
