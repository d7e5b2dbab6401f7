"""The inputs and results of planning owned resources: the wanted resources, the rules of a kind, and the changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from itertools import chain
from typing import Protocol

from reconciler.address import Address, Kind
from reconciler.codes import Code
from reconciler.diagnostics import Diagnostic, Source
from reconciler.plan.change import Action, Cause, Change, Difference
from reconciler.plan.desired import Desired
from reconciler.resources.presence import OwnedRow, Presence, Rows, Slot
from reconciler.resources.resource import Resource
from reconciler.values import dataclass


@dataclass(frozen=True, kw_only=True)
class WantedThing:
    """A desired owned resource and its slot."""

    address: Address
    slot: Slot
    fingerprint: str | None  # of the desired content; None: this run does not know the content
    origin: str  # where the content comes from, in words
    reason: str  # the reason of creating the resource, in words
    changed: tuple[Cause, str] = ("config", "")  # cause and reason of an update, if the desired content has changed
    source: Source | None = None
    facts: Mapping[str, str] = field(default_factory=dict)  # for a write; shown to the user, so never a secret
    inherits: Resource | None = None  # the resource under its earlier name, whose content moves to this slot

    @property
    def resource(self) -> Resource:
        """The wanted thing as a resource of a plan."""
        return self.slot.resource(self.address, {"origin": self.origin, **self.facts})

    def change(self, action: Action, cause: Cause, reason: str) -> Change:
        """Return a change of this resource with this action, cause and reason."""
        resource = self.resource
        return Change(
            address=self.address,
            action=action,
            cause=cause,
            reason=reason,
            before=None if action == "create" else resource,
            after=resource,
            source=self.source,
            scope="machine",
        )

    @property
    def unchanged(self) -> Change:
        """A change of this resource with the action `none`."""
        resource = self.resource
        return Change(
            address=self.address, action="none", before=resource, after=resource, source=self.source, scope="machine"
        )


@dataclass(frozen=True, kw_only=True)
class OwnedCase:
    """A wanted thing, its row in the ledger, and the observation of its slot.

    If an effect was interrupted, `row` already has the outcome that the observation shows.
    """

    want: WantedThing
    row: OwnedRow | None
    seen: Presence
    is_ours: bool  # this stack owns the row
    is_older: bool  # an older gwctl recorded the row for the same state
    is_adopted: bool  # a consent names the address: gwctl may take over the content of the slot
    seen_of_kind: Mapping[Slot, Presence] = field(default_factory=dict)  # the observations of all slots of the kind
    rows_of_kind: Rows = field(default_factory=dict)


class OwnedRules(Protocol):
    """The pure rules that a kind of owned resource adds to the planner's table, for one run."""

    @property
    def kind(self) -> Kind:
        """The kind of owned resource."""
        ...

    @property
    def unknown_code(self) -> Code:
        """The code of the diagnostics about a slot of this kind that could not be read."""
        ...

    @property
    def is_off(self) -> bool:
        """Return whether this run ignores the kind and its records."""
        ...

    @property
    def slots(self) -> frozenset[Slot]:
        """The slots that this kind may use. gwctl observes these slots before planning."""
        ...

    def wanted(self, desired: Desired) -> Sequence[WantedThing]:
        """Return the wanted owned resources for the desired endpoints and models."""
        ...

    def judge(self, case: OwnedCase) -> OwnedPlan | None:
        """Return the plan by the rules of this kind.

        If no rule applies, return None. The planner's table then decides.
        """
        ...

    def left_out(self, desired: Desired | None) -> OwnedPlan:
        """Return the diagnostics about things that the gateway file names but the plan leaves out.

        The result has no changes.
        """
        ...

    def differences(self, row: OwnedRow | None, want: WantedThing | None) -> tuple[Difference, ...]:
        """Return the differences that a reviewer needs to see.

        If the slot and the reason are enough, return nothing. `row` is the row of the ledger. If the resource is
        deleted, `want` is None.
        """
        ...

    def unwanted(self, address: Address) -> str:
        """Return the reason for deleting the resource at the address, in words."""
        ...


@dataclass(frozen=True, kw_only=True)
class OwnedInputs:
    """The inputs for planning one kind: its rules, its rows in the ledger, and the observations of its slots."""

    rules: OwnedRules
    rows: Rows = field(default_factory=dict)
    seen: Mapping[Slot, Presence] = field(default_factory=dict)
    stack: str = ""  # the ID of this gateway file's stack, which owns its rows
    older: frozenset[str] = frozenset()  # the IDs under which an older gwctl recorded the same stack


@dataclass(frozen=True)
class OwnedPlan:
    """The changes of owned resources, the diagnostics about them, and the addresses that are blocked."""

    changes: tuple[Change, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    blocked: tuple[Address, ...] = ()

    @staticmethod
    def all_of(plans: Sequence[OwnedPlan]) -> OwnedPlan:
        """Return these plans joined into one plan, in their order."""
        return OwnedPlan(
            tuple(chain.from_iterable(plan.changes for plan in plans)),
            tuple(chain.from_iterable(plan.diagnostics for plan in plans)),
            tuple(chain.from_iterable(plan.blocked for plan in plans)),
        )
