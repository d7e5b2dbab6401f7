"""Desired: what is wanted, why the rest is not, and what there is to say about it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from reconciler.address import Address
from reconciler.diagnostics import Diagnostic, Source
from reconciler.plan.change import Cause, Held
from reconciler.resources.resource import Resource


@dataclass(frozen=True)
class Wanted:
    """A desired resource, and what to say if having it is a change."""

    resource: Resource
    cause: Cause
    reason: str
    source: Source | None = None


@dataclass(frozen=True)
class Dropped:
    """Why something recorded is not desired any more."""

    cause: Cause
    reason: str


@dataclass(frozen=True)
class Desired:
    """The answer of resolve, for one endpoint or for all."""

    wanted: dict[Address, Wanted] = field(default_factory=dict)
    dropped: dict[Address, Dropped] = field(default_factory=dict)
    held: tuple[Held, ...] = ()
    blocked: tuple[Address, ...] = ()  # left as recorded
    unknown: frozenset[str] = frozenset()  # endpoints whose list could not be had
    diagnostics: tuple[Diagnostic, ...] = ()

    def joined(self, other: Desired) -> Desired:
        """Both, this one first."""
        return Desired(
            self.wanted | other.wanted,
            self.dropped | other.dropped,
            self.held + other.held,
            self.blocked + other.blocked,
            self.unknown | other.unknown,
            self.diagnostics + other.diagnostics,
        )

    def said(self, *diagnostics: Diagnostic) -> Desired:
        """The same with more to say."""
        return replace(self, diagnostics=self.diagnostics + diagnostics)
