"""The inputs and results of planning owned resources: the wanted things, their kind's rules, the changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Protocol

from reconciler.address import Address, Kind
from reconciler.codes import Code
from reconciler.diagnostics import Diagnostic, Source
from reconciler.plan.change import Action, Cause, Change
from reconciler.plan.desired import Desired
from reconciler.resources.presence import OwnedRow, Presence, Rows, Slot
from reconciler.resources.resource import Resource


@dataclass(frozen=True, kw_only=True)
class WantedThing:
    """Something that is to be outside gwctl, in a slot of its own."""

    address: Address
    slot: Slot
    fingerprint: str | None  # of what is to be there; None: this run does not know
    origin: str  # where it comes from, in words
    reason: str  # of making it, in words
    changed: tuple[Cause, str] = ("config", "")  # cause and reason where another thing is wanted than is recorded
    source: Source | None = None
    facts: Mapping[str, str] = field(default_factory=dict)  # what a write needs to know; it is shown, so never a secret
    inherits: Resource | None = None  # of this stack, under the name it had before: what is there moves here

    @property
    def resource(self) -> Resource:
        """The resource that stands for it."""
        return self.slot.resource(self.address, {"origin": self.origin, **self.facts})

    def change(self, action: Action, cause: Cause, reason: str) -> Change:
        """Return the change that makes it so."""
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
        """The change that leaves it as it is."""
        resource = self.resource
        return Change(
            address=self.address, action="none", before=resource, after=resource, source=self.source, scope="machine"
        )


@dataclass(frozen=True, kw_only=True)
class OwnedCase:
    """One wanted thing, beside what the ledger and the slot say; `row` is settled by what was seen."""

    want: WantedThing
    row: OwnedRow | None
    seen: Presence
    is_ours: bool  # the row is this stack's
    is_older: bool  # the row is what an older gwctl kept for the same state
    is_adopted: bool  # somebody said by name that gwctl may take over what is there


class OwnedRules(Protocol):
    """The rules that one kind adds to the table, made from what one run knows; pure."""

    @property
    def kind(self) -> Kind:
        """The kind."""
        ...

    @property
    def unknown_code(self) -> Code:
        """The code of the diagnostics about a slot that could not be read."""
        ...

    @property
    def slots(self) -> frozenset[Slot]:
        """The slots that may be wanted, which are looked at before the plan is made."""
        ...

    def wanted(self, desired: Desired) -> Sequence[WantedThing]:
        """Return what is to be there, once it is known what the endpoints have."""
        ...

    def judge(self, case: OwnedCase) -> OwnedPlan | None:
        """Return what happens by the kind's own rules; None where the table decides."""
        ...

    def unwanted(self, address: Address) -> str:
        """Return why what is at that address goes, in words."""
        ...


@dataclass(frozen=True, kw_only=True)
class OwnedInputs:
    """One kind in one run: its rules, what the ledger records, and what looking at the slots gave."""

    rules: OwnedRules
    rows: Rows = field(default_factory=dict)
    seen: Mapping[Slot, Presence] = field(default_factory=dict)
    stack: str = ""  # whose rows are this gateway's own
    older: frozenset[str] = frozenset()  # the same, as an older gwctl kept them: what is theirs can be adopted


@dataclass(frozen=True)
class OwnedPlan:
    """The changes of owned resources, what there is to say, and what is left as it is."""

    changes: tuple[Change, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    blocked: tuple[Address, ...] = ()

    @staticmethod
    def all_of(plans: Sequence[OwnedPlan]) -> OwnedPlan:
        """Return all of them as one, in their order."""
        return OwnedPlan(
            tuple(chain.from_iterable(plan.changes for plan in plans)),
            tuple(chain.from_iterable(plan.diagnostics for plan in plans)),
            tuple(chain.from_iterable(plan.blocked for plan in plans)),
        )
