"""Owned resources: the slot of one, what the ledger records of it, and what looking at it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from reconciler.address import Address, Kind
from reconciler.resources.resource import Resource

Status = Literal["present", "writing", "deleting"]


@dataclass(frozen=True, order=True)
class Slot:
    """One place outside gwctl: the kind of what is there, and a part of the path for each attribute of that kind."""

    kind: Kind
    path: tuple[str, ...]

    def __str__(self) -> str:
        return "/".join(self.path)

    def resource(self, address: Address, facts: Mapping[str, str] | None = None) -> Resource:
        """Return the resource that stands for what is, or is to be, in this slot."""
        return Resource(address, dict(zip(self.kind.attributes, self.path, strict=True)), facts or {})


def slot_of(resource: Resource) -> Slot:
    """Return the slot of an owned resource."""
    kind = resource.address.kind
    return Slot(kind, tuple(resource.slot[name] for name in kind.attributes))


@dataclass(frozen=True, kw_only=True)
class Owner:
    """The stack that something is kept for, by its ID in the ledger; the rest are facts about it."""

    stack: str
    lineage: str  # of its state
    address: str  # KIND.NAME
    name: str  # the gateway's
    place: str  # of the state, as this machine names it


@dataclass(frozen=True, kw_only=True)
class OwnedRow:
    """A row of the ledger. Fingerprints are HMACs under a key that only the ledger has; "" is none.

    `writing` and `deleting` say that an effect began. The next run looks, and settles what came of it.
    """

    slot: Slot
    fingerprint: str
    status: Status
    pending: str = ""  # the fingerprint of what is being written
    backup: str = ""  # what was there before, as its kind writes it down; given back on removal
    facts: Mapping[str, str] = field(default_factory=dict)  # about what is there, in words; never compared
    changed: str = ""  # UTC
    owners: tuple[Owner, ...] = ()

    def is_owned_by(self, stack: str) -> bool:
        """Return whether it is kept for that stack."""
        return any(owner.stack == stack for owner in self.owners)

    def is_shared(self, stack: str) -> bool:
        """Return whether another stack than that one has a share in it."""
        return any(owner.stack != stack for owner in self.owners)

    def is_for(self, stack: str, address: Address) -> bool:
        """Return whether it is what that stack keeps at that address."""
        return any((owner.stack, owner.address) == (stack, str(address)) for owner in self.owners)


Rows = Mapping[Slot, OwnedRow]


@dataclass(frozen=True)
class Present:
    """Something is there."""

    fingerprint: str


@dataclass(frozen=True)
class Absent:
    """Nothing is there."""


@dataclass(frozen=True)
class Unknown:
    """The slot could not be read; silence is never absence."""

    reason: str
    hint: str = ""
    refused: bool = False  # trying again will not help


Presence = Present | Absent | Unknown


def settled(row: OwnedRow, seen: Presence) -> OwnedRow | None:
    """Return the row after an effect that began and did not end; None when nothing is there, or nothing of gwctl's."""
    if row.status == "present" or isinstance(seen, Unknown):
        return row
    if isinstance(seen, Present) and seen.fingerprint in (row.fingerprint, row.pending):
        return replace(row, status="present", fingerprint=seen.fingerprint, pending="")
    if row.status == "writing" and row.fingerprint:  # what was there before is gone or was changed by hand
        return replace(row, status="present", pending="")
    return None
