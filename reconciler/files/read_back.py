"""The check that written data can be read back. If gwctl could not read its own file, every later run would fail."""

from __future__ import annotations

from reconciler import codes
from reconciler.diagnostics import Diagnostic, error


def not_recordable(why: str) -> Diagnostic:
    """Return the diagnostic for a document that gwctl's own decoder rejects or reads differently."""
    return error(
        codes.NOT_RECORDABLE,
        f"The data cannot be written safely: {why}",
        detail="The next run would not be able to read the data. Nothing was written.",
        hint="report this bug with the output of -v: data from the gateway file or an endpoint caused the bug",
    )
