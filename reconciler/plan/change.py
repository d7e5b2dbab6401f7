"""A change, and the plan that changes make: data that can be shown, reviewed and applied once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from reconciler.address import Address
from reconciler.diagnostics import Diagnostic, Source, has_errors
from reconciler.plan.carried_pairs import CarriedPair
from reconciler.plan.consents import NO_CONSENT, Consents
from reconciler.resources.observation import Observation
from reconciler.resources.resource import Resource

Action = Literal["create", "update", "delete", "forget", "none"]
Cause = Literal["config", "catalog", "drift", "key"]
Owning = Literal["shared", "machine"]  # whose: everybody's who uses the state, or this machine's alone
Scope = Literal["all", "shared", "machine"]
_REMEMBERED = ("held", "ca_content")  # facts of an endpoint by which a later plan decides
ACTIONS: tuple[Action, ...] = ("create", "update", "delete", "forget", "none")


@dataclass(frozen=True)
class Difference:
    """One attribute that differs; `path` is dotted."""

    path: str
    before: object
    after: object


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change of one address: the action, the cause, and both sides."""

    address: Address
    action: Action
    cause: Cause | None = None
    reason: str = ""
    before: Resource | None = None
    after: Resource | None = None
    diff: tuple[Difference, ...] = ()
    moved_from: Address | None = None
    source: Source | None = None
    scope: Owning = "shared"

    @property
    def is_to_remember(self) -> bool:
        """Return whether it changes nothing, and the records are to remember something new all the same."""
        before, after = self.before, self.after
        if self.action == "none" and self.address.is_owned:
            return before is None  # it is there as it is wanted, and only the ledger does not say so
        if self.action != "none" or not self.address.is_endpoint or before is None or after is None:
            return False
        return any((before.facts.get(name) or None) != (after.facts.get(name) or None) for name in _REMEMBERED)

    @property
    def at(self) -> tuple[Owning, Address]:
        """The identity of the change in its plan: a default may change for all and for this machine."""
        return self.scope, self.address


@dataclass(frozen=True)
class HeldModel:
    """A model that a short list omits and that stays until the list is accepted."""

    address: Address
    why: str

    @property
    def accept_with(self) -> str:
        """The option that lets the model go."""
        return f"--accept-catalog {self.address.endpoint}"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything that an apply would do, and all that was seen in finding out."""

    name: str
    lineage: str | None
    serial: int | None  # None: the state could not be read, or was not looked for
    config_digest: str
    complete: bool
    changes: tuple[Change, ...]  # the unchanged ones too, with action none
    held: tuple[HeldModel, ...] = ()
    blocked: tuple[Address, ...] = ()
    observations: Mapping[str, Observation] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()
    stopped: bool = False  # blocked by the guard
    scope: Scope = "all"
    consents: Consents = NO_CONSENT  # those that it was made with
    lock_digest: str | None = None  # of the lock file; None: there was none
    pairs: tuple[CarriedPair, ...] = ()  # what may be recorded as sent where

    @property
    def effective(self) -> tuple[Change, ...]:
        """The changes that change something."""
        return tuple(change for change in self.changes if change.action != "none")

    @property
    def to_remember(self) -> tuple[Change, ...]:
        """The changes that alter nothing and are recorded all the same."""
        return tuple(change for change in self.changes if change.is_to_remember)

    @property
    def failed(self) -> bool:
        """Return whether something in it is an error."""
        return has_errors(self.diagnostics)
