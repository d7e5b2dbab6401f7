"""The result of `gwctl lock` as a JSON document."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from reconciler.diagnostics import Diagnostic
from reconciler.lockfile.update import PinUpdate
from reconciler.render.json.plan import diagnostic_documents
from reconciler.render.json.types.lock import (
    DetailsChangeDocument,
    LockedEndpointDocument,
    LockResultDocument,
    PurposeChangeDocument,
)
from reconciler.render.json.types.shared import FORMAT_VERSION


def lock_document(
    file: str,
    judged: Iterable[PinUpdate],
    current: bool,
    written: bool,
    digest: str | None,
    diagnostics: Iterable[Diagnostic],
) -> LockResultDocument:
    """Return the document of `gwctl lock --format json`."""
    return {
        "format_version": FORMAT_VERSION,
        "file": file,
        "current": current,
        "written": written,
        "digest": digest,
        "endpoints": [_entry(pin_update) for pin_update in judged],
        "diagnostics": diagnostic_documents(diagnostics),
    }


def failed_document(diagnostics: Iterable[Diagnostic]) -> LockResultDocument:
    """Return the document of a run of `gwctl lock` that failed and wrote nothing."""
    return {
        "format_version": FORMAT_VERSION,
        "file": None,
        "current": False,
        "written": False,
        "digest": None,
        "endpoints": [],
        "diagnostics": diagnostic_documents(diagnostics),
    }


def _entry(pin_update: PinUpdate) -> LockedEndpointDocument:
    changed = [{"id": model_id, "before": old, "after": new} for model_id, old, new in pin_update.difference.changed]
    details = [{"id": model_id, "before": old, "after": new} for model_id, old, new in pin_update.difference.details]
    return {
        "name": pin_update.name,
        "result": pin_update.result,
        "models": len(pin_update.pin.models) if pin_update.pin else None,
        "added": list(pin_update.difference.added),
        "removed": list(pin_update.difference.removed),
        "changed": cast("list[PurposeChangeDocument]", changed),
        "details": cast("list[DetailsChangeDocument]", details),
        "why": pin_update.why,
    }
