"""What the command line says about a new endpoint, so that it is not asked."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler import codes
from reconciler.cli.console.prompts import nobody_there
from reconciler.diagnostics import error
from reconciler.errors import Failed


@dataclass(frozen=True, kw_only=True)
class Given:
    """The options of `gwctl connect`; None is an option that was not given."""

    preset: str | None = None
    name: str | None = None
    base_url: str | None = None
    variable: str | None = None
    models: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    approved: bool = False  # --yes

    @property
    def asks(self) -> bool:
        """Return whether questions are asked: there is a terminal, and no --yes."""
        return not self.approved and not nobody_there()

    def missing(self, what: str, option: str) -> Failed:
        """Return the fault of a value that nobody can be asked for."""
        summary = f"{what} is missing"
        away = nobody_there()
        why = f"gwctl cannot ask: {away}." if away else "With --yes, gwctl asks nothing."
        return Failed(error(codes.MISSING_ARGUMENT, summary, detail=f"{why} Nothing was done.", hint=f"add {option}"))
