"""Diagnostics: errors, warnings and notes for the user, collected rather than raised one at a time."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeVar

from reconciler.values import dataclass

if TYPE_CHECKING:  # `gwctl --version` needs no codes
    from reconciler.codes import Code

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, order=True, slots=True)
class Source:
    """A position in a file. Lines and columns count from 1. Line 0 means the whole file."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, kw_only=True)
class Excerpt:
    """The part of a line that may be shown, around a fault. `start` and `end` are the place of the fault in `text`."""

    text: str
    start: int
    end: int


class QuotedSource(Source):
    """A position in a file, and the line at this position. Documents and comparisons contain only the position."""

    __slots__ = ("excerpt",)
    excerpt: Excerpt

    def __init__(self, source: Source, excerpt: Excerpt) -> None:
        super().__init__(source.file, source.line, source.column)
        object.__setattr__(self, "excerpt", excerpt)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Source) and (self.file, self.line, self.column) == (
            other.file,
            other.line,
            other.column,
        )

    __hash__ = Source.__hash__


@dataclass(frozen=True, kw_only=True)
class Diagnostic:
    """One error, warning or note: what is wrong (`summary`), why that matters (`detail`), what to type next (`hint`).

    `address` names the resource, and `source` is the position in a file.
    """

    severity: Severity
    code: Code
    summary: str
    detail: str = ""
    hint: str = ""
    address: str | None = None
    source: Source | None = None
    blocks_apply: bool = False  # an error in an apply, for `address` only or, without an address, for everything

    def at(self, address: object, source: Source | None = None) -> Diagnostic:
        """Return a copy of the diagnostic with this address and, if given, this source."""
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
    """Return a diagnostic. The address is stored as text."""
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
Diagnosing = Generator[Diagnostic, None, T]  # yields diagnostics about a value, and returns the value

error = partial(diagnostic, "error")  # makes the exit code 1
warning = partial(diagnostic, "warning")  # the user should look at it; nothing stops
note = partial(diagnostic, "note")  # information; no action is needed


def collect(work: Diagnosing[T]) -> tuple[T, tuple[Diagnostic, ...]]:
    """Return the value that the generator returns, and the diagnostics that the generator yields."""
    diagnostics: list[Diagnostic] = []
    while True:
        try:
            diagnostics.append(next(work))
        except StopIteration as end:
            return end.value, tuple(diagnostics)


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Return whether at least one diagnostic is an error."""
    return any(diagnostic.severity == "error" for diagnostic in diagnostics)
