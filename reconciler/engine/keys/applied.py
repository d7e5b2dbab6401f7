"""The applied endpoints and their key references in the ledger. `gwctl key print` reads these rows."""

from __future__ import annotations

import os.path
from collections.abc import Mapping
from dataclasses import replace

from reconciler import codes
from reconciler.config.gateway import Endpoint
from reconciler.diagnostics import Diagnostic, note
from reconciler.engine.keys.check import use_of
from reconciler.engine.keys.snapshot import recorded_after, write_failures, write_snapshot
from reconciler.engine.stack.session import Session
from reconciler.engine.trust.pairs import exposure_of
from reconciler.errors import Failed
from reconciler.ledger.applied_rows import AppliedEndpoint, AppliedRows
from reconciler.ledger.database import NOWHERE
from reconciler.ledger.last_read import remove_all
from reconciler.ledger.snapshot_rows import SnapshotRows
from reconciler.plan.change import Plan
from reconciler.resources.attributes import EndpointAttributes
from reconciler.secrets.binding import Exposure
from reconciler.secrets.lint import KeyUse
from reconciler.secrets.reference import CommandReference, EnvReference, FileReference, KeyReference


def record_applied(plan: Plan, session: Session, is_destroy: bool = False) -> tuple[Diagnostic, ...]:
    """Write the applied endpoints of this stack to the ledger. Return a note if the ledger cannot be written.

    The ledger keeps the earlier row of an endpoint if the endpoint's changes are not applied, or if nobody has agreed
    to send its secrets. After a destroy, the gateway file is not applied on this machine: its snapshot is deleted,
    and the last reads of states too.
    """
    try:
        if session.trust.ledger() == NOWHERE:
            return ()
        recorded = _recorded(plan, session)
        applied = [
            endpoint
            for name, endpoint in session.gateway.endpoints.items()
            if name in recorded and is_as_recorded(endpoint, recorded[name]) and not session.keys.withheld(endpoint)
        ]
        rows = [applied_row(endpoint, session.trust.shares) for endpoint in applied]
        stack = session.trust.stack
        if all(stack.id != known.id for known in session.trust.book.stacks):
            if not applied or session.trust.others:  # it may be one of them, moved: a row would say that it is none
                return ()
            stack = session.trust.register()
        AppliedRows(session.trust.ledger()).write(stack.id, session.gateway.name, rows, kept=recorded)
        if is_destroy:
            SnapshotRows(session.trust.ledger()).delete(stack.id)
            remove_all(session.trust.ledger())
        else:
            write_snapshot(plan, session, stack.id, applied)
    except Failed as fault:
        first = fault.diagnostics[0]
        summary = f"`gwctl key print` does not use the results of this apply: {first.summary}"
        return (note(codes.APPLIED_NOT_RECORDED, summary, hint=first.hint),)
    return ()


def record_failures(plan: Plan, session: Session) -> tuple[Diagnostic, ...]:
    """Write to the ledger which endpoints failed in an apply that changed nothing, so that the next run tests them.

    Return a note if the ledger cannot be written.
    """
    try:
        if session.trust.ledger() != NOWHERE:
            write_failures(plan, session)
    except Failed as fault:
        first = fault.diagnostics[0]
        summary = f"The next apply may not test the endpoints that failed: {first.summary}"
        return (note(codes.APPLIED_NOT_RECORDED, summary, hint=first.hint),)
    return ()


def _recorded(plan: Plan, session: Session) -> dict[str, EndpointAttributes]:
    """Return the endpoints that are recorded after the plan.

    Endpoints that this run may not change are included.
    """
    return {at.name: resource.as_endpoint for at, resource in recorded_after(plan, session).items() if at.is_endpoint}


def is_as_recorded(endpoint: Endpoint, recorded: EndpointAttributes) -> bool:
    """Return true if the gateway file and the record agree on everything that decides which key is sent where."""
    now = endpoint.attributes
    return (now.base_url, now.key, now.preset, now.dialect) == (
        recorded.base_url,
        recorded.key,
        recorded.preset,
        recorded.dialect,
    )


def applied_row(endpoint: Endpoint, shares: str) -> AppliedEndpoint:
    """Return the ledger's row for an applied endpoint, made from the endpoint in the gateway file."""
    exposure = exposure_of(endpoint)
    return AppliedEndpoint(
        name=endpoint.name,
        exposure=Exposure(origin=exposure.origin, path=exposure.path),
        header=endpoint.preset.auth.header,
        reference=_absolute(endpoint.key),
        timeout=endpoint.timeout,
        use=_use(endpoint),
        shares=shares,
    )


def _use(endpoint: Endpoint) -> KeyUse:
    """Return the rules for a valid key of the endpoint.

    The rules contain the prefixes of other vendors' keys only if such a prefix is an error.
    """
    if not endpoint.key and not endpoint.store_key:
        return KeyUse(scheme=endpoint.preset.auth.scheme)
    use = use_of(endpoint)
    vendors: Mapping[str, str] = use.vendors if use.vendors_own else {}
    return replace(use, required=True, vendors=dict(vendors))


def _absolute(reference: KeyReference | None) -> KeyReference | None:
    """Return the reference in a form that can be resolved in any directory, or None if that is impossible."""
    if isinstance(reference, FileReference):
        return replace(reference, resolved=os.path.abspath(reference.resolved))  # noqa: PTH100 - links stay
    if isinstance(reference, CommandReference):
        return replace(reference, directory=os.path.abspath(reference.directory))  # noqa: PTH100
    return EnvReference(reference.name) if isinstance(reference, EnvReference) else reference
