"""Nothing is written that its own reader would refuse: it would stop everybody after."""

from __future__ import annotations

from reconciler import codes
from reconciler.diagnostics import Diagnostic, error


def not_recordable(why: str) -> Diagnostic:
    """Return the diagnostic of a document that its own decoder rejects or reads differently."""
    return error(
        codes.NOT_RECORDABLE,
        f"What would be written could not be read back: {why}",
        detail="Whoever comes next would be stopped by it; nothing was written.",
        hint="it holds something strange, from the gateway file or from an endpoint; please report it, with "
        "what -v prints",
    )
