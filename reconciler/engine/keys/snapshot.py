"""The snapshot that an apply writes to the ledger, for programs and for `gwctl status`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reconciler.address import Address
from reconciler.config.gateway import Endpoint
from reconciler.engine.stack.session import Session
from reconciler.identity import now
from reconciler.ledger.snapshot_rows import Snapshot, SnapshotRows
from reconciler.plan.change import Plan
from reconciler.resources.observation import Listed, Observation, Unlisted
from reconciler.resources.resource import Resource


def write_snapshot(plan: Plan, session: Session, stack: str, applied: Sequence[Endpoint]) -> None:
    """Write the snapshot of these applied endpoints to the ledger. Raise `Failed` if the ledger cannot be written."""
    from reconciler.tools.resolved import resolved_document

    ledger = SnapshotRows(session.trust.ledger())
    before = ledger.read(stack)
    names = {endpoint.name for endpoint in applied}
    old = {name: time for name, time in (before.lists if before else {}).items() if name in names}
    fresh = {name: now() for name, seen in plan.observations.items() if name in names and _is_listed(seen)}
    resolved = resolved_document(session.gateway.name, applied, recorded_after(plan, session), {})
    failed = _failed_after(before, plan) & names
    snapshot = Snapshot(
        applied=now(), digest=session.gateway.digest, resolved=resolved, lists=old | fresh, failed=failed
    )
    ledger.write(stack, snapshot)


def write_failures(plan: Plan, session: Session) -> None:
    """Write to the snapshot which endpoints failed, for an apply that changes nothing else.

    Raise `Failed` if the ledger cannot be used.
    """
    ledger, stack = SnapshotRows(session.trust.ledger()), session.trust.stack.id
    before = ledger.read(stack)
    failed = _failed_after(before, plan)
    if before and failed != before.failed:
        ledger.write(stack, replace(before, failed=failed))


def _failed_after(before: Snapshot | None, plan: Plan) -> frozenset[str]:
    """Return the endpoints whose last contact failed. Only a list that this run fetched ends a failure."""
    seen = plan.observations
    failed = {name for name in seen if seen[name].status != "skipped" and isinstance(seen[name].answer, Unlisted)}
    still = {name for name in (before.failed if before else ()) if name not in seen or not _is_listed(seen[name])}
    return frozenset(failed | still)


def recorded_after(plan: Plan, session: Session) -> dict[Address, Resource]:
    """Return the resources that are recorded after the plan.

    Resources that this run may not change are included.
    """
    recorded = dict(session.state.resources) if plan.scope == "machine" else {}
    for change in plan.changes:
        if change.after and not change.address.is_owned:
            recorded[change.address] = change.after
    return recorded


def _is_listed(seen: Observation) -> bool:
    return isinstance(seen.answer, Listed) and seen.latency_ms is not None
