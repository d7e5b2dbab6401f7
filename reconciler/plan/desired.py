"""The desired resources, the reasons for removing recorded resources, and the diagnostics about both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field, fields, replace
from itertools import chain

from reconciler.address import Address
from reconciler.diagnostics import Diagnostic, Source
from reconciler.plan.change import Cause, HeldModel
from reconciler.resources.resource import Resource
from reconciler.values import dataclass


@dataclass(frozen=True, slots=True)
class WantedResource:
    """A desired resource. `cause` and `reason` are used if the resource changes."""

    resource: Resource
    cause: Cause
    reason: str
    source: Source | None = None
    learned: frozenset[str] = frozenset()  # attributes that an older gwctl did not record: to have them is no change


@dataclass(frozen=True)
class Dropped:
    """The cause and the reason why a recorded resource is no longer desired. `gwctl destroy` has no cause of a plan."""

    cause: Cause | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class Desired:
    """The desired resources of one or more endpoints, with the diagnostics about them."""

    wanted: dict[Address, WantedResource] = field(default_factory=dict)
    dropped: dict[Address, Dropped] = field(default_factory=dict)
    held: tuple[HeldModel, ...] = ()
    blocked: tuple[Address, ...] = ()  # left as recorded
    unknown: frozenset[str] = frozenset()  # endpoints without a complete model list
    diagnostics: tuple[Diagnostic, ...] = ()

    @staticmethod
    def all_of(parts: Iterable[Desired]) -> Desired:
        """Return all parts joined into one `Desired`, in linear time."""
        desired = tuple(parts)
        return Desired(
            wanted={at: want for part in desired for at, want in part.wanted.items()},
            dropped={at: why for part in desired for at, why in part.dropped.items()},
            held=tuple(chain.from_iterable(part.held for part in desired)),
            blocked=tuple(chain.from_iterable(part.blocked for part in desired)),
            unknown=frozenset(chain.from_iterable(part.unknown for part in desired)),
            diagnostics=tuple(chain.from_iterable(part.diagnostics for part in desired)),
        )

    def joined(self, other: Desired) -> Desired:
        """Return this `Desired` joined with `other`. The resources of `other` come last.

        If `other` is empty, return this `Desired` itself. If this `Desired` is empty, return `other` itself.
        """
        if self.is_empty or other.is_empty:
            return self if other.is_empty else other
        return Desired.all_of((self, other))

    @property
    def is_empty(self) -> bool:
        """Return whether there is neither a resource, nor a removal, nor a diagnostic."""
        return not any(getattr(self, field_.name) for field_ in fields(self))

    def with_diagnostics(self, *diagnostics: Diagnostic) -> Desired:
        """Return a copy with these diagnostics added."""
        return replace(self, diagnostics=self.diagnostics + diagnostics)
