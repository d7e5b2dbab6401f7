"""What became of the lock file, as a JSON document."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from reconciler.diagnostics import Diagnostic
from reconciler.lockfile.update import PinUpdate
from reconciler.render.json.plan import diagnostic_documents
from reconciler.render.json.types import (
    FORMAT_VERSION,
    LockedEndpointDocument,
    LockResultDocument,
    PurposeChangeDocument,
)


def lock_document(
    file: str, judged: Iterable[PinUpdate], current: bool, written: bool, digest: str | None, said: Iterable[Diagnostic]
) -> LockResultDocument:
    """`gwctl lock --format json`."""
    return {
        "format_version": FORMAT_VERSION,
        "file": file,
        "current": current,
        "written": written,
        "digest": digest,
        "endpoints": [_entry(found) for found in judged],
        "diagnostics": diagnostic_documents(said),
    }


def failed_document(said: Iterable[Diagnostic]) -> LockResultDocument:
    """The same where nothing could be had: nothing was written."""
    return {
        "format_version": FORMAT_VERSION,
        "file": None,
        "current": False,
        "written": False,
        "digest": None,
        "endpoints": [],
        "diagnostics": diagnostic_documents(said),
    }


def _entry(found: PinUpdate) -> LockedEndpointDocument:
    changed = [{"id": model_id, "before": old, "after": new} for model_id, old, new in found.difference.changed]
    return {
        "name": found.name,
        "result": found.result,
        "models": len(found.pin.models) if found.pin else None,
        "added": list(found.difference.added),
        "removed": list(found.difference.removed),
        "changed": cast("list[PurposeChangeDocument]", changed),
        "why": found.why,
    }
