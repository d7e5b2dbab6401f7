"""Diagnostics: what a user is told, collected rather than raised one at a time."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeVar

if TYPE_CHECKING:  # `gwctl --version` needs no codes
    from reconciler.codes import Code

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, order=True)
class Source:
    """A place in a file, counted from 1; line 0 means the file as a whole."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, kw_only=True)
class Diagnostic:
    """One finding: what is wrong, why it matters (`detail`), what to type next (`hint`), and where."""

    severity: Severity
    code: Code
    summary: str
    detail: str = ""
    hint: str = ""
    address: str | None = None
    source: Source | None = None
    blocks_apply: bool = False  # an apply takes it as an error: about the address, or without one about everything

    def at(self, address: object, source: Source | None = None) -> Diagnostic:
        """The same finding, tied to an address and a place."""
        return replace(self, address=str(address), source=source or self.source)


def diagnostic(
    severity: Severity,
    code: Code,
    summary: str,
    *,
    detail: str = "",
    hint: str = "",
    address: object = None,
    source: Source | None = None,
    blocks_apply: bool = False,
) -> Diagnostic:
    """Return a diagnostic; the address is kept as text."""
    return Diagnostic(
        severity=severity,
        code=code,
        summary=summary,
        detail=detail,
        hint=hint,
        address=None if address is None else str(address),
        source=source,
        blocks_apply=blocks_apply,
    )


T = TypeVar("T")
Diagnosing = Generator[Diagnostic, None, T]  # yields what there is to say of a value, and returns the value

error = partial(diagnostic, "error")  # makes the exit code 1
warning = partial(diagnostic, "warning")  # the user should know of it; it stops nothing
note = partial(diagnostic, "note")  # worth a line and no action


def collect(work: Diagnosing[T]) -> tuple[T, tuple[Diagnostic, ...]]:
    """Return the value that the work comes to, and the diagnostics that it yields on the way."""
    diagnostics: list[Diagnostic] = []
    while True:
        try:
            diagnostics.append(next(work))
        except StopIteration as end:
            return end.value, tuple(diagnostics)


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Return true when at least one of them is an error."""
    return any(diagnostic.severity == "error" for diagnostic in diagnostics)
