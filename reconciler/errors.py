"""The one exception a user's mistake or the world's fault becomes: a batch of diagnostics."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.diagnostics import Diagnostic


class Failed(Exception):
    """What was asked cannot be done; `diagnostics` says why, all of it at once."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("; ".join(found.summary for found in diagnostics))
        self.diagnostics: Sequence[Diagnostic] = diagnostics
