"""The changes of resources, and the plan, which is a list of changes to show, review and apply once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from reconciler.address import Address
from reconciler.diagnostics import Diagnostic, Source, has_errors
from reconciler.plan.carried_pairs import CarriedPair
from reconciler.plan.consents import NO_CONSENT, Consents
from reconciler.resources.observation import Observation
from reconciler.resources.resource import Resource, unread
from reconciler.values import dataclass

Action = Literal["create", "update", "delete", "forget", "none"]
Cause = Literal["config", "catalog", "drift", "key"]
Owning = Literal["shared", "machine"]  # shared: for everyone who uses the state; machine: for this machine only
Scope = Literal["all", "shared", "machine"]
_REMEMBERED = ("held", "replaced_by", "ca_content")  # facts of an endpoint that later plans use
ACTIONS: tuple[Action, ...] = ("create", "update", "delete", "forget", "none")


@dataclass(frozen=True)
class Difference:
    """An attribute that differs before and after a change. `path` is a dotted path such as `tls.ca_file`."""

    path: str
    before: object
    after: object


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A change of one resource: the action, the cause, and the resource before and after the change."""

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
        """Return whether an apply records a new fact about the resource without changing the resource."""
        if self.action != "none" or self.address.is_model:
            return False
        before, after = self.before, self.after
        if self.address.is_owned:
            return before is None  # the resource is correct, and only its row in the ledger is missing
        if not self.address.is_endpoint or before is None or after is None:
            return False
        return self.is_noted or unread(before) != unread(after)

    @property
    def is_noted(self) -> bool:
        """Return whether an endpoint's new facts need a note.

        Details that gwctl reads for the first time need no note.
        """
        before, after = self.before, self.after
        if before is None or after is None:
            return self.address.is_owned
        return any((before.facts.get(name) or None) != (after.facts.get(name) or None) for name in _REMEMBERED)

    @property
    def at(self) -> tuple[Owning, Address]:
        """The identity of the change in a plan.

        An address alone is not enough, because both scopes may change a default.
        """
        return self.scope, self.address


@dataclass(frozen=True)
class HeldModel:
    """A model that is missing from a short list. gwctl keeps the model until the user accepts the list."""

    address: Address
    why: str

    @property
    def accept_with(self) -> str:
        """The option that allows deleting the model."""
        return f"--accept-catalog {self.address.endpoint}"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The changes that an apply would make, with the observations and the diagnostics of the plan."""

    name: str
    lineage: str | None
    serial: int | None  # None: the state was not read
    config_digest: str
    complete: bool
    changes: tuple[Change, ...]  # unchanged resources are in the list, too, with action none
    held: tuple[HeldModel, ...] = ()
    blocked: tuple[Address, ...] = ()
    observations: Mapping[str, Observation] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()
    stopped: bool = False  # blocked by the guard
    scope: Scope = "all"
    consents: Consents = NO_CONSENT  # the consents when the plan was made
    lock_digest: str | None = None  # of the lock file; None: there was no lock file
    pairs: tuple[CarriedPair, ...] = ()  # the bindings when the plan was made

    @property
    def effective(self) -> tuple[Change, ...]:
        """The changes whose action is not `none`."""
        return tuple(change for change in self.changes if change.action != "none")

    @property
    def to_remember(self) -> tuple[Change, ...]:
        """The changes with the action `none` whose new facts an apply records."""
        return tuple(change for change in self.changes if change.is_to_remember)

    @property
    def failed(self) -> bool:
        """Return whether the plan has an error."""
        return has_errors(self.diagnostics)
