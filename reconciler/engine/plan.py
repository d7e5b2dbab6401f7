"""The plan of a run: gateway file and state in, everything asked, one value out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from reconciler import address, codes
from reconciler.address import ENDPOINT, Address
from reconciler.apply.execute import ApplyContext, OwnRows
from reconciler.apply.write_state import OnWait
from reconciler.config.gateway import Endpoint
from reconciler.diagnostics import Diagnostic, error, warning
from reconciler.engine.apply_pins import with_lock
from reconciler.engine.keys.keyring import Keyring, open_keys
from reconciler.engine.keys.request import OnDone, observe_all
from reconciler.engine.options import Options
from reconciler.engine.owned import OwnedView, owned_context, view_owned
from reconciler.engine.session import Session, open_session, spare_of
from reconciler.engine.trust.carried import carried
from reconciler.engine.trust.recorded import is_same_place
from reconciler.engine.upgrade_notice import about_older
from reconciler.errors import Failed
from reconciler.identity import now, who
from reconciler.plan.build import make_destroy_plan, make_plan
from reconciler.plan.change import Plan
from reconciler.plan.manual_edits import past_after
from reconciler.plan.resolve.moves import Lifecycle
from reconciler.plan.resolve.scopes import Division
from reconciler.resources.observation import Observation, skipped
from reconciler.state.document import Written


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A plan, with what an apply of it needs; no session when the plan is only a list of errors."""

    plan: Plan
    session: Session | None
    owned: OwnedView | None = None  # None where nobody looked at what gwctl owns
    saved: str | None = None  # the digest of the saved plan that it is


def prepare(options: Options, on_done: OnDone | None = None) -> Prepared:
    """Make the plan; a file or a state that cannot be used becomes a plan that says so."""
    try:
        session = open_session(options)
        check_scope(session)
    except Failed as fault:
        return Prepared(plan=nothing_but(fault.diagnostics), session=None)
    keys = open_keys(session, options)
    consents = replace(options.consents, hosts=options.allowed_hosts)
    try:
        found = with_lock(session, _observed(session, options, keys, on_done), options)
        observations = found.observations
        keeps = not options.keyless and session.scope != "shared"  # what is owned belongs to the machine
        owned = view_owned(session, keys, observations) if keeps else None
    except Failed as fault:  # the ledger or the lock file cannot be read
        return Prepared(plan=nothing_but(fault.diagnostics), session=None)
    consents = replace(consents, catalogs=consents.catalogs | found.accepted)
    plan = make_plan(
        session.division,
        observations,
        consents=consents,
        applying=options.applying,
        owned=owned.inputs if owned else (),
    )
    plan = replace(plan, complete=plan.complete and not options.keyless)  # whatever there was to be seen
    plan = replace(plan, pairs=() if options.keyless else carried(session))
    said = (*found.said, *_idle_consents(plan, options))
    return Prepared(plan=_bound(plan, session, said), session=session, owned=owned)


def prepare_destroy(options: Options) -> Prepared:
    """The plan that deletes everything recorded in this scope; no endpoint is asked anything."""
    try:
        session = open_session(options, ())
        check_scope(session)
    except Failed as fault:
        return Prepared(plan=nothing_but(fault.diagnostics), session=None)
    keys = open_keys(session, options)
    try:
        owned = view_owned(session, keys) if session.scope != "shared" else None
    except Failed as fault:
        return Prepared(plan=nothing_but(fault.diagnostics), session=None)
    plan = make_destroy_plan(_as_recorded(session), owned.inputs if owned else ())
    return Prepared(plan=_bound(plan, session, ()), session=session, owned=owned)


def _as_recorded(session: Session) -> Division:
    """The division with nothing renamed or forgotten: what is recorded goes under the name that it has."""
    own = Lifecycle(recorded=session.records.resources) if session.division.machine else None
    return replace(session.division, shared=Lifecycle(recorded=session.state.resources), machine=own)


def check_scope(session: Session) -> None:
    """A machine takes what everybody shares from the state: something has to be there."""
    if session.scope == "machine" and not session.state.lineage:
        raise Failed(_nothing_shared_yet(session.store.place))


def _observed(session: Session, options: Options, keys: Keyring, on_done: OnDone | None) -> dict[str, Observation]:
    """What asking each endpoint of this scope gave, in file order."""
    in_scope = [
        found
        for name, found in session.gateway.endpoints.items()
        if session.scope != "shared" or name not in session.own
    ]
    passed_over = {found.name for found in in_scope if _is_not_applied(session, found, options)}
    asked = [found for found in in_scope if found.name not in passed_over]
    seen = observe_all(asked, options, keys, on_done)
    return {found.name: seen.get(found.name) or _passed_over() for found in in_scope}


def _is_not_applied(session: Session, endpoint: Endpoint, options: Options) -> bool:
    """Whether it is everybody's, and the state has not got it, or has it at another host."""
    if session.scope != "machine" or endpoint.name in session.own or endpoint.name in options.allowed_hosts:
        return False
    before = session.state.resources.get(address.endpoint(endpoint.name))
    return before is None or not is_same_place(endpoint, before.as_endpoint)


def _passed_over() -> Observation:
    return skipped(codes.NOT_APPLIED_YET, "Not asked: not applied yet")


def nothing_but(diagnostics: Sequence[Diagnostic]) -> Plan:
    """A plan that does nothing and says why."""
    return Plan(
        name="", lineage=None, serial=None, config_digest="", complete=False, changes=(), diagnostics=tuple(diagnostics)
    )


def _bound(plan: Plan, session: Session, said: tuple[Diagnostic, ...]) -> Plan:
    """The plan tied to the state it was made for."""
    diagnostics = (*session.diagnostics, *plan.diagnostics, *said, *about_older(session))
    lineage, lock = session.state.lineage or None, session.lock_digest
    return replace(plan, lineage=lineage, serial=session.serial, lock_digest=lock, diagnostics=diagnostics)


def ground_of(prepared: Prepared, session: Session, options: Options, on_wait: OnWait) -> ApplyContext:
    """What an apply of that plan stands on."""
    written = Written(who(options.environ), now(), prepared.saved)
    plan = prepared.plan
    own = any(found.scope == "machine" for found in (*plan.effective, *plan.to_remember))
    stack = session.trust.register() if own else session.trust.stack if prepared.owned else None
    return ApplyContext(
        state=session.state,
        version=session.version,
        store=session.store,
        written=written,
        spare=spare_of(session.store, session.gateway),
        own=OwnRows(stack.id, session.machine, session.records.version) if stack else None,
        owned=owned_context(prepared.owned, session) if prepared.owned else None,
        past=past_after(plan, session.division),
        on_wait=on_wait,
        on_lineage=session.trust.record_lineage,
    )


def _nothing_shared_yet(place: str) -> Diagnostic:
    return error(
        codes.NOTHING_SHARED_YET,
        f"Nothing is applied yet for everybody: {place}",
        detail="This machine takes the endpoints that everybody shares from the state, and it is empty; nothing "
        "was done.",
        hint="first, for everybody: gwctl apply --scope shared (`gwctl plan --scope shared` shows what it would do)",
    )


def _idle_consents(plan: Plan, options: Options) -> tuple[Diagnostic, ...]:
    """A consent to delete that reached nothing is likely a slip of the pen, and worth a line."""
    going = {found.address for found in plan.changes if found.action in ("delete", "forget")}
    idle = [name for name in sorted(options.consents.deletes) if Address(ENDPOINT, name) not in going]
    return tuple(
        warning(
            codes.CONSENT_UNUSED,
            f"--allow-delete endpoint.{name}: no endpoint of that name would be deleted",
            hint="take the option away, or check the name: gwctl state list",
        )
        for name in idle
    )
