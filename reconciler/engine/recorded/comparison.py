"""The comparison of a gateway file with the last apply on this machine, for `gwctl status` and its line."""

from __future__ import annotations

from collections.abc import Collection

from reconciler.config.gateway import Gateway
from reconciler.engine.recorded.known_changes import known_changes
from reconciler.ledger.snapshot_rows import Snapshot
from reconciler.render.json.types.state import Compared
from reconciler.resources.presence import OwnedRow
from reconciler.values import dataclass

NOT_APPLIED = "is not applied on this machine"


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The result of a comparison, and the changes. `changes` is None if the changes are not known."""

    compared: Compared
    changes: list[str] | None = None

    @property
    def differs(self) -> bool | None:
        """Return whether the file differs from the last apply. None means that there is nothing to compare with."""
        return {"differs": True, "matches": False}.get(self.compared)


def compare(
    gateway: Gateway,
    snapshot: Snapshot | None,
    rows: Collection[OwnedRow],
    stack: str,
    planned: list[str] | None = None,
) -> Comparison:
    """Compare the gateway file with the snapshot of the last apply of this stack.

    `planned` has the changes of a plan, if the state was read. The state may have changed since that apply.
    """
    if snapshot is None:
        return Comparison(compared="not applied")
    if planned:
        return Comparison(compared="differs", changes=planned)
    if snapshot.digest == gateway.digest:
        return Comparison(compared="matches", changes=planned)
    changes = known_changes(gateway, snapshot, rows, stack) if planned is None else None
    return Comparison(compared="differs", changes=changes or None)
