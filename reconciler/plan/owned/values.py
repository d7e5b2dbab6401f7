"""What planning kept keys takes and gives: the keys that are wanted, the records of them, and the changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Literal

from reconciler.address import Address
from reconciler.diagnostics import Diagnostic, Source
from reconciler.plan.change import Change
from reconciler.resources.presence import KeychainEntry, Seen, Slot

Tested = Literal["good", "refused", "untested"]


@dataclass(frozen=True, kw_only=True)
class WantedKey:
    """An endpoint that asks for its key to be kept: `given` is the fingerprint of what its reference gives now."""

    address: Address
    slot: Slot
    given: str | None
    origin: str  # the reference, in words
    tested: Tested
    source: Source | None = None
    inherits: Slot | None = None  # the reference gives none, and this entry, of its old name, is to become its own
    strict: bool = True  # a keychain that cannot be used is an error: `store_key: keyring`


@dataclass(frozen=True)
class KeyRecords:
    """What the ledger says, and what the keychain says to it; nothing of either where no endpoint needs them."""

    entries: Mapping[Slot, KeychainEntry] = field(default_factory=dict)
    seen: Mapping[Slot, Seen] = field(default_factory=dict)
    stack: str = ""  # whose rows are this gateway's own
    older: frozenset[str] = frozenset()  # the same, as an older gwctl kept them: what is theirs can be adopted


@dataclass(frozen=True)
class KeyPlan:
    """The changes of keychain entries, what there is to say, and what is left as it is."""

    changes: tuple[Change, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    blocked: tuple[Address, ...] = ()

    @staticmethod
    def all_of(plans: Sequence[KeyPlan]) -> KeyPlan:
        """All of them, in their order."""
        return KeyPlan(
            tuple(chain.from_iterable(each.changes for each in plans)),
            tuple(chain.from_iterable(each.diagnostics for each in plans)),
            tuple(chain.from_iterable(each.blocked for each in plans)),
        )
