"""Nothing is written that its own reader would refuse: it would stop everybody after."""

from __future__ import annotations

from reconciler import codes
from reconciler.diagnostics import Diagnostic, error


def not_recordable(why: str) -> Diagnostic:
    """Return the diagnostic of a document that its own decoder rejects or reads differently."""
    return error(
        codes.NOT_RECORDABLE,
        f"The data to be written could not be read back: {why}",
        detail="The next run could not read it. Nothing was written.",
        hint="this is a bug, caused by data from the gateway file or an endpoint; report it with the output of -v",
    )
