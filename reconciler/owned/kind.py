"""The Protocol of a kind of owned resource, and what one run tells it.

A kind has two halves. Its rules (`OwnedRules`) are pure: the planner's table asks them. The rest are the effects, one
slot at a time. The executor writes a row of the ledger before and after each effect, so a kind keeps no records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from reconciler.codes import Code
from reconciler.config.gateway import Gateway
from reconciler.errors import GatewayError
from reconciler.ledger.owned_rows import OwnedRows
from reconciler.plan.change import Change
from reconciler.plan.owned.values import OwnedRules
from reconciler.resources.observation import Observation
from reconciler.resources.presence import OwnedRow, Presence, Rows, Slot
from reconciler.secrets.key import Key


class OwnedFault(GatewayError):
    """An effect failed, or a slot cannot be used now; `reason` and `hint` hold no secret."""

    def __init__(self, reason: str, hint: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


def _no_key(_: str) -> Key | None:
    return None


@dataclass(frozen=True, kw_only=True)
class OwnedRun:
    """The facts of one run that a kind may need."""

    ledger: OwnedRows
    rows: Rows = field(default_factory=dict)
    stack: str = ""  # the ID of the run's stack in the ledger
    older: frozenset[str] = frozenset()  # the same stack, as an older gwctl recorded it
    gateway: Gateway | None = None  # None where the run is about the ledger alone
    observations: Mapping[str, Observation] = field(default_factory=dict)
    key_of: Callable[[str], Key | None] = _no_key  # the key of an endpoint, from memory


@dataclass(frozen=True, kw_only=True)
class Preparation:
    """The facts of a write that is about to be made, for its row of the ledger."""

    fingerprint: str  # of what will be there
    facts: Mapping[str, str] = field(default_factory=dict)
    backup: str = ""  # what is there now, where it is to be given back; never a secret


class OwnedKind(Protocol):
    """One kind of owned resource in one run. Every method raises `OwnedFault`."""

    @property
    def failed_code(self) -> Code:
        """The code of the diagnostic about an effect that failed."""
        ...

    @property
    def rules(self) -> OwnedRules:
        """The kind's rules for the planner; pure."""
        ...

    def observe(self, slots: Iterable[Slot]) -> dict[Slot, Presence]:
        """Return what is in these slots, in bounded time; a slot that cannot be read is `Unknown`."""
        ...

    def prepare(self, change: Change) -> Preparation:
        """Return what a write would put there, and do what has to come before its row; nothing in the slot changes."""
        ...

    def write(self, change: Change) -> None:
        """Put it there, whole or not at all."""
        ...

    def remove(self, row: OwnedRow) -> None:
        """Take it away, and give back what was there before; nothing to take away is fine."""
        ...

    def tidy(self, row: OwnedRow) -> None:
        """Take away what an effect that was killed may have left beside the slot."""
        ...
