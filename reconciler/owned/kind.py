"""The interface of a kind of owned resource, and the facts about a run that a kind uses.

A kind has rules and effects. The rules (`OwnedRules`) are pure, and the planner's table calls them. An effect changes
one slot. The executor writes a row of the ledger before and after each effect. A kind therefore keeps no records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from typing import Protocol

from reconciler.codes import Code
from reconciler.config.gateway import Client, Endpoint, Gateway
from reconciler.errors import GatewayError
from reconciler.ledger.owned_rows import OwnedRows
from reconciler.plan.change import Change
from reconciler.plan.owned.values import OwnedRules
from reconciler.resources.observation import Observation
from reconciler.resources.presence import OwnedRow, Presence, Rows, Slot
from reconciler.secrets.key import Key
from reconciler.values import dataclass


class OwnedFault(GatewayError):
    """The failure of an effect, or of reading a slot. `reason` and `hint` contain no secret."""

    def __init__(self, reason: str, hint: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


def _no_key(_: str) -> Key | None:
    return None


@dataclass(frozen=True, kw_only=True)
class OwnedRun:
    """The facts about one run that a kind of owned resource may need."""

    ledger: OwnedRows
    rows: Rows = field(default_factory=dict)
    stack: str = ""  # the ID of the run's stack in the ledger
    older: frozenset[str] = frozenset()  # the IDs under which an older gwctl recorded the same stack
    gateway: Gateway | None = None  # None in a run that uses only the ledger
    observations: Mapping[str, Observation] = field(default_factory=dict)
    key_of: Callable[[str], Key | None] = _no_key  # the key of an endpoint, as this run has read it
    environ: Mapping[str, str] = field(default_factory=dict)
    without: frozenset[str] = frozenset()  # names of kinds that this run does not use
    is_destroy: bool = False  # the run removes everything
    # Whether a consent allows writing this client's file, at that path, for that endpoint.
    is_agreed: Callable[[Client, str, Endpoint], bool] = lambda *_: False
    typed: frozenset[str] = frozenset()  # the endpoints whose key was typed in this run
    typed_in: str = "gwctl key set"  # the command in which these keys were typed


@dataclass(frozen=True, kw_only=True)
class Preparation:
    """The facts about a write. The executor records these facts in the ledger before the write."""

    fingerprint: str  # of the content to be written
    facts: Mapping[str, str] = field(default_factory=dict)
    backup: str = ""  # the present content, if a later removal restores it; never a secret
    amended: str = ""  # the backup in the slot's row, with content that a user has added since; "" if there is none


class OwnedKind(Protocol):
    """One kind of owned resource in one run. Every method raises `OwnedFault`."""

    @property
    def failed_code(self) -> Code:
        """The code of the diagnostic about an effect that failed."""
        ...

    @property
    def rules(self) -> OwnedRules:
        """The pure rules of this kind for the planner."""
        ...

    def observe(self, slots: Iterable[Slot]) -> dict[Slot, Presence]:
        """Return the contents of these slots. Reading ends at a time limit. A slot that cannot be read is `Unknown`."""
        ...

    def prepare(self, change: Change) -> Preparation:
        """Return the facts about the write. Do the work that must be done before the ledger records the write.

        The slot itself does not change.
        """
        ...

    def write(self, change: Change) -> None:
        """Write the resource to its slot, whole or not at all."""
        ...

    def remove(self, row: OwnedRow) -> None:
        """Remove the resource from its slot, and restore the earlier content. An empty slot causes no error."""
        ...

    def tidy(self, row: OwnedRow) -> None:
        """Remove the temporary files or entries that an interrupted effect may have left beside the slot."""
        ...
