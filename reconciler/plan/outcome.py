"""The results of an apply, for each change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reconciler.address import Address
from reconciler.diagnostics import Diagnostic
from reconciler.plan.change import Owning

Result = Literal["done", "failed", "blocked", "skipped"]


@dataclass(frozen=True)
class Outcome:
    """The result of every change of an apply, and the lineage and serial of the state afterwards."""

    results: dict[tuple[Owning, Address], Result]
    lineage: str
    serial: int
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def applied(self) -> bool:
        """Return whether every change was made."""
        return all(result == "done" for result in self.results.values())
