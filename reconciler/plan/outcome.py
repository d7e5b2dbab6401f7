"""The results of an apply for each change of the plan."""

from __future__ import annotations

from typing import Literal

from reconciler.address import Address
from reconciler.diagnostics import Diagnostic
from reconciler.plan.change import Owning
from reconciler.values import dataclass

Result = Literal["done", "failed", "blocked", "skipped"]


@dataclass(frozen=True)
class Outcome:
    """The results of all changes in an apply, and the lineage and serial of the state after the apply."""

    results: dict[tuple[Owning, Address], Result]
    lineage: str
    serial: int
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def applied(self) -> bool:
        """Return whether all changes were made."""
        return all(result == "done" for result in self.results.values())
