"""Owned resources: their slots, their rows in the ledger, and the result of reading a slot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Literal

from reconciler.address import Address, Kind
from reconciler.resources.resource import Resource
from reconciler.values import dataclass

Status = Literal["present", "writing", "deleting"]
KEEPS = "keeps"  # the fact of a row: where something of the user's is kept, which a removal puts back
WANTED_BY = "wanted_by"  # the fact of a row: who wants the content, if not the gateway file
MACHINE = "machine"  # the value of that fact: somebody typed the key on this machine
RETURNED = "returned"  # the fact of an observation: what the row keeps is in the slot, so nothing else has to keep it


@dataclass(frozen=True, order=True)
class Slot:
    """The place of an owned resource outside gwctl. `path` has one part for each attribute of the kind."""

    kind: Kind
    path: tuple[str, ...]

    def __str__(self) -> str:
        return self.kind.slot_words(dict(zip(self.kind.attributes, self.path, strict=True)))

    def resource(self, address: Address, facts: Mapping[str, str] | None = None) -> Resource:
        """Return the owned resource at `address` in this slot."""
        return Resource(address, dict(zip(self.kind.attributes, self.path, strict=True)), facts or {})


def slot_of(resource: Resource) -> Slot:
    """Return the slot of an owned resource."""
    kind = resource.address.kind
    return Slot(kind, tuple(resource.slot[name] for name in kind.attributes))


@dataclass(frozen=True, kw_only=True)
class Owner:
    """The stack that owns a resource: the ID of the stack in the ledger, and facts about the stack."""

    stack: str
    lineage: str  # of its state
    address: str  # KIND.NAME
    name: str  # the gateway's
    place: str  # the path or URL of the state, as this machine names it


@dataclass(frozen=True, kw_only=True)
class OwnedRow:
    """A row of the ledger for an owned resource.

    Fingerprints are HMACs with a key that only the ledger has. An empty fingerprint means that there is none. The
    status `writing` or `deleting` means that an effect began and may be incomplete. The next run reads the slot and
    settles the row.
    """

    slot: Slot
    fingerprint: str
    status: Status
    pending: str = ""  # the fingerprint of the value that is being written
    backup: str = ""  # the previous content of the slot, in the kind's own format; restored on removal
    facts: Mapping[str, str] = field(default_factory=dict)  # about the content of the slot, for people; never compared
    changed: str = ""  # UTC
    owners: tuple[Owner, ...] = ()

    @property
    def keeps(self) -> bool:
        """Return whether gwctl keeps the user's own content outside of the slot. A removal puts the content back."""
        return bool(self.facts.get(KEEPS))

    @property
    def is_of_machine(self) -> bool:
        """Return whether only this machine wants the content, and not the gateway file."""
        return self.facts.get(WANTED_BY) == MACHINE

    def is_owned_by(self, stack: str) -> bool:
        """Return whether the stack owns the resource."""
        return any(owner.stack == stack for owner in self.owners)

    def is_shared(self, stack: str) -> bool:
        """Return whether any other stack owns the resource."""
        return any(owner.stack != stack for owner in self.owners)

    def is_for(self, stack: str, address: Address) -> bool:
        """Return whether the stack owns the resource at this address."""
        return any((owner.stack, owner.address) == (stack, str(address)) for owner in self.owners)


Rows = Mapping[Slot, OwnedRow]


@dataclass(frozen=True)
class Present:
    """The slot of an owned resource has content. `facts` has further observations, which contain no secret."""

    fingerprint: str
    facts: Mapping[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Absent:
    """The slot of an owned resource is empty."""

    facts: Mapping[str, str] = field(default_factory=dict, compare=False)  # see `Present`


@dataclass(frozen=True)
class Unknown:
    """The slot could not be read. The slot may have content or may be empty, but it never counts as empty."""

    reason: str
    hint: str = ""
    refused: bool = False  # trying again will not help
    facts: Mapping[str, str] = field(default_factory=dict, compare=False)  # see `Present`


Presence = Present | Absent | Unknown


def settled(row: OwnedRow, seen: Presence) -> OwnedRow | None:
    """Return the row after an incomplete effect is settled. If the slot could not be read, return the row unchanged.

    The row gets the status `present` if the slot has content that gwctl wrote, or if the effect was to replace gwctl's
    earlier content. Otherwise return None. If gwctl keeps the user's own content, return the row until the user's
    content is in the slot again.
    """
    if row.status == "present" or isinstance(seen, Unknown):
        return row
    if isinstance(seen, Present) and seen.fingerprint in (row.fingerprint, row.pending):
        return replace(row, status="present", fingerprint=seen.fingerprint, pending="")
    if row.status == "writing" and row.fingerprint:  # gwctl's earlier value was deleted or changed by hand
        return replace(row, status="present", pending="")
    return row if row.keeps and RETURNED not in seen.facts else None
