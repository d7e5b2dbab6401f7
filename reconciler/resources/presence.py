"""Keychain entries: what the ledger says that gwctl wrote, and what the keychain says is there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Status = Literal["present", "writing", "deleting"]
Slot = tuple[str, str]  # (service, account): where in the keychain an entry is


@dataclass(frozen=True, kw_only=True)
class Owner:
    """The stack for which an entry is kept, by its ID in the ledger; the rest are facts about it."""

    stack: str
    lineage: str  # of its state
    address: str  # key.ENDPOINT
    name: str  # the gateway's
    place: str  # of the state, as this machine names it


@dataclass(frozen=True, kw_only=True)
class KeychainEntry:
    """A row of the ledger. Fingerprints are HMACs under a key that only the ledger has; "" is none.

    `writing` and `deleting` say that an effect was begun; whoever looks next settles what came of it.
    """

    service: str
    account: str
    fingerprint: str
    status: Status
    pending: str = ""
    origin: str = ""  # where the key came from, in words: `env LITELLM_API_KEY`
    backend: str = ""
    changed: str = ""  # UTC
    owners: tuple[Owner, ...] = ()

    @property
    def slot(self) -> Slot:
        """Where it is in the keychain."""
        return self.service, self.account

    def is_owned_by(self, stack: str) -> bool:
        """Whether it is kept for that stack."""
        return any(owner.stack == stack for owner in self.owners)

    def is_for(self, stack: str, endpoint: str) -> bool:
        """Whether it is the one that is kept for that endpoint of the stack."""
        return any((owner.stack, owner.address) == (stack, f"key.{endpoint}") for owner in self.owners)


@dataclass(frozen=True)
class Present:
    """An entry is there."""

    fingerprint: str


@dataclass(frozen=True)
class Absent:
    """No entry is there."""


@dataclass(frozen=True)
class Unknown:
    """The keychain does not say; silence is never absence."""

    reason: str
    hint: str = ""
    refused: bool = False  # by the kind of its backend


Seen = Present | Absent | Unknown


def settled(entry: KeychainEntry, seen: Seen) -> KeychainEntry | None:
    """What came of an effect that was begun and not ended; None when the entry is not there, or not ours."""
    if entry.status == "present" or isinstance(seen, Unknown):
        return entry
    if isinstance(seen, Present) and seen.fingerprint in (entry.fingerprint, entry.pending):
        return replace(entry, status="present", fingerprint=seen.fingerprint, pending="")
    if entry.status == "writing" and entry.fingerprint:  # what was there before is gone or was changed by hand
        return replace(entry, status="present", pending="")
    return None
