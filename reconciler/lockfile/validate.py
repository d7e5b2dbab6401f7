"""The validation of a lock file against its schema."""

from __future__ import annotations

from reconciler import codes
from reconciler.diagnostics import Diagnostic, Source, error
from reconciler.shapes.shape import fits
from reconciler.yaml.tree import MappingNode, plain


def check(root: MappingNode) -> list[Diagnostic]:
    """Return a diagnostic for every field of the lock file that is unknown, missing or not valid."""
    data = plain(root)
    if fits("lock", data):
        return []
    from reconciler.lockfile.schema_faults import schema_faults

    return schema_faults(root, data)


def broken(what: str, source: Source | None) -> Diagnostic:
    """Return the diagnostic for a lock file that cannot be used. `what` is the reason."""
    file = source.file if source else "the lock file"
    return error(
        codes.LOCK_BROKEN,
        f"The lock file is not valid: {what}",
        detail="`gwctl lock` writes this file; do not edit it by hand. Nothing was done.",
        hint=f"either restore the last good version (git checkout {file}) or delete the file, then run `gwctl lock`",
        source=source,
    )
