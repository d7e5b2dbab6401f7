"""The check that written data can be read back: an unreadable file would make every later run fail."""

from __future__ import annotations

from reconciler import codes
from reconciler.diagnostics import Diagnostic, error


def not_recordable(why: str) -> Diagnostic:
    """Return the diagnostic for a document that gwctl's own decoder rejects or reads differently."""
    return error(
        codes.NOT_RECORDABLE,
        f"The data to be written could not be read back: {why}",
        detail="The next run would not be able to read the data. Nothing was written.",
        hint="this is a bug, caused by data from the gateway file or an endpoint; report it with the output of -v",
    )
