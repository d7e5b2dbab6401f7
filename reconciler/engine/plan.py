"""The plan of a run: gateway file and state in, everything asked, one value out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from reconciler import address
from reconciler.address import Address
from reconciler.apply.execute import ApplyContext, OwnRows
from reconciler.apply.owned import KeychainContext
from reconciler.apply.write_state import OnWait
from reconciler.config.gateway import Endpoint
from reconciler.diagnostics import Diagnostic, error, warning
from reconciler.engine.apply_pins import with_lock
from reconciler.engine.keys.keyring import Keyring, open_keys
from reconciler.engine.keys.records import key_records, wanted_keys
from reconciler.engine.keys.request import OnDone, observe_all
from reconciler.engine.options import Options
from reconciler.engine.session import Workspace, open_workspace, spare_of
from reconciler.engine.trust.carried import carried
from reconciler.engine.trust.recorded import is_same_place
from reconciler.engine.upgrade_notice import about_older
from reconciler.errors import Failed
from reconciler.identity import now, who
from reconciler.plan.build import make_destroy_plan, make_plan
from reconciler.plan.change import Plan
from reconciler.plan.diff import explain
from reconciler.plan.manual_edits import past_after
from reconciler.plan.owned.values import KeyRecords
from reconciler.plan.resolve.moves import Lifecycle
from reconciler.plan.resolve.scopes import Division
from reconciler.plan.resolve.shared_messages import NOT_APPLIED_YET
from reconciler.resources.observation import Observation, skipped
from reconciler.secrets.key import Key
from reconciler.state.document import Written


@dataclass(frozen=True)
class Prepared:
    """A plan, with what an apply of it needs; no workspace when the plan is only a list of errors."""

    plan: Plan
    workspace: Workspace | None
    keys: Keyring | None = None
    records: KeyRecords | None = None  # of kept keys; None where nobody looked
    saved: str | None = None  # the digest of the saved plan that it is


def prepare(options: Options, on_done: OnDone | None = None) -> Prepared:
    """Make the plan; a file or a state that cannot be used becomes a plan that says so."""
    try:
        workspace = open_workspace(options)
        check_scope(workspace)
    except Failed as fault:
        return Prepared(nothing_but(fault.diagnostics), None)
    keys = open_keys(workspace, options)
    consents = replace(options.consents, hosts=options.allowed_hosts)
    try:
        found = with_lock(workspace, _observed(workspace, options, keys, on_done), options)
        observations = found.observations
        keeps = not options.keyless and workspace.scope != "shared"  # the keychain belongs to the machine
        wanted = wanted_keys(workspace.gateway, keys, observations) if keeps else []
        records = key_records(keys, wanted) if keeps else None
    except Failed as fault:  # the ledger or the lock file cannot be read
        return Prepared(nothing_but(fault.diagnostics), None)
    consents = replace(consents, catalogs=consents.catalogs | found.accepted)
    plan = make_plan(workspace.division, observations, consents, explain, options.applying, wanted, records)
    plan = replace(plan, complete=plan.complete and not options.keyless)  # whatever there was to be seen
    plan = replace(plan, pairs=() if options.keyless else carried(workspace))
    said = (*found.said, *_idle_consents(plan, options))
    return Prepared(_bound(plan, workspace, said), workspace, keys, records)


def prepare_destroy(options: Options) -> Prepared:
    """The plan that deletes everything recorded in this scope; no endpoint is asked anything."""
    try:
        workspace = open_workspace(options, ())
        check_scope(workspace)
    except Failed as fault:
        return Prepared(nothing_but(fault.diagnostics), None)
    keys = open_keys(workspace, options)
    try:
        records = key_records(keys, []) if workspace.scope != "shared" else None
    except Failed as fault:
        return Prepared(nothing_but(fault.diagnostics), None)
    plan = make_destroy_plan(_as_recorded(workspace), explain, records)
    return Prepared(_bound(plan, workspace, ()), workspace, keys, records)


def _as_recorded(workspace: Workspace) -> Division:
    """The division with nothing renamed or forgotten: what is recorded goes under the name that it has."""
    own = Lifecycle(workspace.records.resources) if workspace.division.machine else None
    return replace(workspace.division, shared=Lifecycle(workspace.state.resources), machine=own)


def check_scope(workspace: Workspace) -> None:
    """A machine takes what everybody shares from the state: something has to be there."""
    if workspace.scope == "machine" and not workspace.state.lineage:
        raise Failed(_nothing_shared_yet(workspace.store.place))


def _observed(workspace: Workspace, options: Options, keys: Keyring, on_done: OnDone | None) -> dict[str, Observation]:
    """What asking each endpoint of this scope gave, in file order."""
    in_scope = [
        found
        for name, found in workspace.gateway.endpoints.items()
        if workspace.scope != "shared" or name not in workspace.own
    ]
    passed_over = {found.name for found in in_scope if _is_not_applied(workspace, found, options)}
    asked = [found for found in in_scope if found.name not in passed_over]
    seen = observe_all(asked, options, keys, on_done)
    return {found.name: seen.get(found.name) or _passed_over() for found in in_scope}


def _is_not_applied(workspace: Workspace, endpoint: Endpoint, options: Options) -> bool:
    """Whether it is everybody's, and the state has not got it, or has it at another host."""
    if workspace.scope != "machine" or endpoint.name in workspace.own or endpoint.name in options.allowed_hosts:
        return False
    before = workspace.state.resources.get(address.endpoint(endpoint.name))
    return before is None or not is_same_place(endpoint, before.attributes)


def _passed_over() -> Observation:
    return skipped(NOT_APPLIED_YET, "Not asked: not applied yet")


def keeping_of(prepared: Prepared) -> KeychainContext | None:
    """What an apply of that plan needs to keep keys; None where nobody looked at the keychain."""
    keys, records, workspace = prepared.keys, prepared.records, prepared.workspace
    if keys is None or records is None or workspace is None:
        return None
    endpoints = workspace.gateway.endpoints

    def key_of(name: str) -> Key | None:
        return keys.given(endpoints[name]) if name in endpoints else None

    records = replace(records, stack=workspace.trust.stack.id)
    return KeychainContext(keys.ledger, records, key_of, workspace.gateway.name, workspace.store.url)


def nothing_but(diagnostics: Sequence[Diagnostic]) -> Plan:
    """A plan that does nothing and says why."""
    return Plan("", None, None, "", False, (), diagnostics=tuple(diagnostics))


def _bound(plan: Plan, workspace: Workspace, said: tuple[Diagnostic, ...]) -> Plan:
    """The plan tied to the state it was made for."""
    diagnostics = (*workspace.diagnostics, *plan.diagnostics, *said, *about_older(workspace))
    lineage, lock = workspace.state.lineage or None, workspace.lock_digest
    return replace(plan, lineage=lineage, serial=workspace.serial, lock_digest=lock, diagnostics=diagnostics)


def ground_of(prepared: Prepared, workspace: Workspace, options: Options, on_wait: OnWait) -> ApplyContext:
    """What an apply of that plan stands on."""
    written = Written(who(options.environ), now(), prepared.saved)
    plan = prepared.plan
    own = any(found.scope == "machine" for found in (*plan.effective, *plan.to_remember))
    stack = workspace.trust.register() if own else workspace.trust.stack if prepared.records else None
    return ApplyContext(
        workspace.state,
        workspace.version,
        workspace.store,
        written,
        spare_of(workspace.store, workspace.gateway),
        OwnRows(stack.id, workspace.machine, workspace.records.version) if stack else None,
        keeping_of(prepared),
        past_after(plan, workspace.division),
        on_wait,
        workspace.trust.record_lineage,
    )


def _nothing_shared_yet(place: str) -> Diagnostic:
    return error(
        "NOTHING_SHARED_YET",
        f"Nothing is applied yet for everybody: {place}",
        detail="This machine takes the endpoints that everybody shares from the state, and it is empty; nothing "
        "was done.",
        hint="first, for everybody: gwctl apply --scope shared (`gwctl plan --scope shared` shows what it would do)",
    )


def _idle_consents(plan: Plan, options: Options) -> tuple[Diagnostic, ...]:
    """A consent to delete that reached nothing is likely a slip of the pen, and worth a line."""
    going = {found.address for found in plan.changes if found.action in ("delete", "forget")}
    idle = [name for name in sorted(options.consents.deletes) if Address("endpoint", name) not in going]
    return tuple(
        warning(
            "CONSENT_UNUSED",
            f"--allow-delete endpoint.{name}: no endpoint of that name would be deleted",
            hint="take the option away, or check the name: gwctl state list",
        )
        for name in idle
    )
