"""The status of a gateway file on this machine, from records only. No endpoint or remote store is contacted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from reconciler import address, codes
from reconciler.config.gateway import Endpoint
from reconciler.diagnostics import Diagnostic
from reconciler.engine.connection_test import ConnectionTest
from reconciler.engine.keys.kept import kept_names
from reconciler.engine.options import Options
from reconciler.engine.plan import gather
from reconciler.engine.recorded.comparison import NOT_APPLIED, Comparison, compare
from reconciler.engine.recorded.export import applied_endpoints
from reconciler.engine.recorded.first_step import first_command, key_of
from reconciler.engine.stack.session import Session
from reconciler.errors import Failed
from reconciler.identity import seconds_since
from reconciler.ledger.owned_rows import OwnedRows
from reconciler.ledger.snapshot_rows import Snapshot, SnapshotRows
from reconciler.plan.build import make_plan
from reconciler.render.json.plan import diagnostic_documents, endpoint_documents
from reconciler.render.json.types.shared import FORMAT_VERSION
from reconciler.render.json.types.state import (
    EndpointStatusDocument,
    NextStepDocument,
    OwnedStatusDocument,
    StatusDocument,
)
from reconciler.resources.presence import OwnedRow
from reconciler.secrets.reference import EnvReference
from reconciler.text import ago
from reconciler.tools.resolved import resolved_document
from reconciler.values import dataclass

_OLD = 7  # days
_DAY = 86400  # seconds
_ABOUT_OFFLINE = {codes.STATE_NOT_READ, codes.LEDGER_NOT_READ}


@dataclass(frozen=True)
class Status:
    """The status document. `ages` is {time: age} for each time in the document, such as `2 hours ago`."""

    document: StatusDocument
    ages: Mapping[str, str]
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, kw_only=True)
class _MachineRecords:
    """The ledger's records of this stack. If the ledger could not be read, `is_read` is false."""

    is_read: bool = True
    snapshot: Snapshot | None = None
    rows: tuple[OwnedRow, ...] = ()
    kept: Mapping[str, str] | None = None
    diagnostics: tuple[Diagnostic, ...] = ()


def status_of(options: Options, test: ConnectionTest | None = None) -> Status:
    """Return the status of the gateway file. `test` contains the observations of --live.

    Raise `Failed` if the gateway file, a state file or the ledger cannot be read.
    """
    run = gather(replace(options, offline=True))
    session = run.session
    plan = make_plan(run.inputs)
    machine = _of_ledger(session)
    facts = _facts(session, machine.snapshot)
    planned = None if session.store.is_closed else [f"{change.action} {change.address}" for change in plan.effective]
    compared = _compared(session, machine, planned)
    endpoints = [
        _endpoint(endpoint, session, machine=machine, facts=facts, test=test)
        for endpoint in session.gateway.endpoints.values()
    ]
    said = [each for each in (*session.diagnostics, *machine.diagnostics) if each.code not in _ABOUT_OFFLINE]
    diagnostics = (*said, *((each for each in test.diagnostics if each not in said) if test else ()))
    document: StatusDocument = {
        "format_version": FORMAT_VERSION,
        "name": session.gateway.name,
        "state": session.store.place,
        "source": "nothing" if not facts else "ledger" if session.store.is_closed else "state",
        "applied": machine.snapshot.applied if machine.snapshot else None,
        "endpoints": endpoints,
        "roles": {role: f"{entry['endpoint']}/{entry['model']}" for role, entry in facts.get("roles", {}).items()},
        "owned": [_owned(row, session) for row in machine.rows],
        "compared": compared.compared,
        "differs": compared.differs,
        "changes": compared.changes,
        "next": [],
        "diagnostics": diagnostic_documents(diagnostics),
    }
    ages = _ages(document)
    first = first_command(session.gateway, session.options, machine.kept or {})
    return Status({**document, "next": list(_next(document, session, first))}, ages, diagnostics)


def _of_ledger(session: Session) -> _MachineRecords:
    """Return the ledger's records. If the ledger cannot be used, return only a warning."""
    try:
        ledger, stack = session.trust.ledger(), session.trust.stack.id
        rows = OwnedRows(ledger).read()
        return _MachineRecords(
            snapshot=SnapshotRows(ledger).read(stack),
            rows=tuple(row for row in rows.values() if row.is_owned_by(stack)),
            kept=kept_names(session.gateway, rows, {stack}),
        )
    except Failed as fault:
        warnings = tuple(replace(each, severity="warning") for each in fault.diagnostics)
        return _MachineRecords(is_read=False, diagnostics=warnings)


def _facts(session: Session, snapshot: Snapshot | None) -> Mapping[str, Any]:
    """Return the resolved file.

    If the state is in a remote store, the file is the resolved file of the last apply on this machine.
    """
    if session.store.is_closed:
        return snapshot.resolved if snapshot else {}
    if not session.recorded:
        return {}
    return resolved_document(session.gateway.name, applied_endpoints(session), session.recorded, {})


def _compared(session: Session, machine: _MachineRecords, planned: list[str] | None) -> Comparison:
    if machine.is_read:
        return compare(session.gateway, machine.snapshot, machine.rows, session.trust.stack.id, planned)
    return Comparison(compared="differs" if planned else "not known", changes=planned or None)


def _endpoint(
    endpoint: Endpoint,
    session: Session,
    *,
    machine: _MachineRecords,
    facts: Mapping[str, Any],
    test: ConnectionTest | None,
) -> EndpointStatusDocument:
    key, condition = key_of(endpoint, session.gateway.name, session.options.environ, machine.kept or {})
    purposes = Counter(entry["purpose"] for entry in facts.get("models", ()) if entry["endpoint"] == endpoint.name)
    seen = test.observations.get(endpoint.name) if test else None
    return {
        "name": endpoint.name,
        "base_url": endpoint.base_url,
        "applied": bool(purposes) or address.endpoint(endpoint.name) in session.recorded,
        "key": key,
        "key_condition": condition,
        "models": dict(sorted(purposes.items())),
        "listed": machine.snapshot.lists.get(endpoint.name) if machine.snapshot else None,
        "live": endpoint_documents({endpoint.name: seen})[0] if seen else None,
    }


def _owned(row: OwnedRow, session: Session) -> OwnedStatusDocument:
    stack = session.trust.stack.id
    own = next(owner.address for owner in row.owners if owner.stack == stack)
    return {"kind": row.slot.kind.name, "address": own, "since": row.changed}


def _next(document: StatusDocument, session: Session, first: str) -> Iterator[NextStepDocument]:
    """Yield the next steps. A missing key comes before an apply, which would set up tools without the key."""
    typed = session.options.typed
    keyless = [endpoint for endpoint in document["endpoints"] if endpoint["key_condition"] == "missing"]
    is_applied = document["compared"] != "not applied"
    if first == "join" and not is_applied:
        names = ", ".join(endpoint["name"] for endpoint in keyless)
        yield {"typed": f"gwctl join{typed}", "why": f"sets up this machine, and asks for the key of {names}"}
        return
    for endpoint in keyless:
        yield {"typed": _give_key(endpoint, session, typed), "why": f"{endpoint['name']} has no key"}
    if not is_applied:
        yield {"typed": f"gwctl {first}{typed}", "why": f"the gateway file {NOT_APPLIED}"}
    elif document["differs"]:
        yield {"typed": f"gwctl plan{typed}", "why": "the gateway file differs from what was applied"}
    old = [endpoint["name"] for endpoint in document["endpoints"] if _days(endpoint["listed"]) >= _OLD]
    if old and document["compared"] == "matches":
        yield {"typed": f"gwctl plan{typed}", "why": f"model lists older than {_OLD} days: {', '.join(old)}"}


def _give_key(endpoint: EndpointStatusDocument, session: Session, typed: str) -> str:
    reference = session.gateway.endpoints[endpoint["name"]].key
    if isinstance(reference, EnvReference):
        return f"set {reference.name}"
    return f"gwctl key set {endpoint['name']}{typed}"


def _ages(document: StatusDocument) -> dict[str, str]:
    times = [document["applied"], *(endpoint["listed"] for endpoint in document["endpoints"])]
    return {time: ago(seconds_since(time) or 0.0) for time in times if time}


def _days(time: str | None) -> float:
    return (seconds_since(time) or 0.0) / _DAY if time else 0.0
