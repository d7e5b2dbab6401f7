"""The inputs of a plan: gwctl reads the files and the state, contacts the endpoints and observes the keychain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler import address, codes
from reconciler.config.gateway import Endpoint
from reconciler.diagnostics import Diagnostic
from reconciler.engine.keys.not_asked import left_out
from reconciler.engine.options import Options
from reconciler.engine.stack.session import Session, check_scope, open_session
from reconciler.engine.stack.upgrade_notice import about_older
from reconciler.files.kept_open import one_phase
from reconciler.plan.inputs import Inputs
from reconciler.plan.resolve.scopes import Division
from reconciler.resources.observation import Observation, skipped
from reconciler.values import dataclass

USUAL_AGE = 12 * 3600.0  # seconds: a machine that applies several times a day tests a shared endpoint once or twice

if TYPE_CHECKING:
    from reconciler.engine.keys.request import OnDone
    from reconciler.engine.owned import OwnedView
    from reconciler.engine.stack.gateway_file import Loaded


@dataclass(frozen=True, kw_only=True)
class Run:
    """The inputs of a plan, and the session that an apply of the plan uses."""

    session: Session
    inputs: Inputs
    owned: OwnedView | None = None  # None: owned resources were not observed
    saved: str | None = None  # the digest of the saved plan that will be applied
    is_destroy: bool = False


@one_phase()
def gather(options: Options, on_done: OnDone | None = None, loaded: Loaded | None = None) -> Run:
    """Read all files, contact the endpoints and return the inputs of a plan.

    `loaded` is the gateway file, if it was loaded before. Raise `Failed` if a file, the state, the ledger or the lock
    file cannot be used.
    """
    session = open_session(options, loaded=loaded)
    check_scope(session)
    observations = _observed(session, on_done)
    inputs = replace(
        _of_session(session),
        observations=observations,
        consents=replace(options.consents, hosts=options.allowed_hosts),
        keyless=options.keyless,
    )
    inputs = _with_lock(session, replace(inputs, remarks=(*inputs.remarks, *_about_usual_age(options, observations))))
    if options.keyless:  # as with --offline: nothing of the following is loaded
        return Run(session=session, inputs=inputs)
    from reconciler.engine.owned import view_owned
    from reconciler.engine.trust.carried import carried
    from reconciler.engine.trust.clients import agree_to_clients

    owned = None
    if session.scope != "shared":  # owned resources belong to this machine
        agree_to_clients(session.trust, session.gateway, options)
        owned = view_owned(session, observations)
    inputs = replace(inputs, owned=owned.inputs if owned else (), pairs=carried(session))
    return Run(session=session, inputs=inputs, owned=owned)


@one_phase()
def gather_destroy(options: Options, session: Session | None = None) -> Run:
    """Return the inputs of a plan that deletes all resources recorded in this scope. No endpoint is contacted."""
    from reconciler.engine.owned import view_owned

    session = session or open_session(options, ())
    check_scope(session)
    owned = view_owned(session, is_destroy=True) if session.scope != "shared" else None
    inputs = replace(_of_session(session), division=_as_recorded(session), owned=owned.inputs if owned else ())
    return Run(session=session, inputs=inputs, owned=owned, is_destroy=True)


def _of_session(session: Session) -> Inputs:
    """Return the inputs of a plan that come from the files and the records."""
    return Inputs(
        division=session.division,
        lineage=session.state.lineage or None,
        serial=session.serial,
        lock_digest=session.lock_digest,
        diagnostics=session.diagnostics,
        remarks=tuple(about_older(session)),
    )


def _with_lock(session: Session, inputs: Inputs) -> Inputs:
    """Return the plan's inputs, with the lists of the lock file if needed.

    Raise `Failed` if the lock file cannot be used.
    """

    is_locked = session.options.locked
    if session.lock.data is None and not is_locked:  # there are no pins
        return inputs
    from reconciler.lockfile.apply_pins import pin, wants_lock
    from reconciler.lockfile.codec import read_lock

    if not wants_lock(inputs.observations, is_locked):
        return inputs
    return pin(inputs, read_lock(session.lock, session.gateway.name), is_locked)


def _as_recorded(session: Session) -> Division:
    """Return the resources divided by scope, without renames and forgets.

    Every resource is deleted under its recorded name.
    """

    from reconciler.plan.resolve.moves import Lifecycle

    own = Lifecycle(recorded=session.records.resources) if session.division.machine else None
    return replace(session.division, shared=Lifecycle(recorded=session.state.resources), machine=own)


def _observed(session: Session, on_done: OnDone | None) -> dict[str, Observation]:
    """Return the observation of each endpoint in this scope, in file order."""
    in_scope = [
        endpoint
        for name, endpoint in session.gateway.endpoints.items()
        if session.scope != "shared" or name not in session.own
    ]
    applied = [endpoint for endpoint in in_scope if not _is_not_applied(session, endpoint)]
    recent = _recent(session, applied)
    asked = [endpoint for endpoint in applied if endpoint.name not in recent]
    seen = _seen(session, asked, on_done) | recent
    return {endpoint.name: seen.get(endpoint.name) or _not_applied() for endpoint in in_scope}


def _seen(session: Session, endpoints: Sequence[Endpoint], on_done: OnDone | None) -> dict[str, Observation]:
    """Return the observation of each endpoint. With --offline, load neither the keychain nor the ledger."""
    if session.options.offline:
        return left_out(endpoints, session.trust, session.options)
    from reconciler.engine.keys.request import observe_all

    return observe_all(endpoints, session.keys, on_done)


def _recent(session: Session, endpoints: Sequence[Endpoint]) -> dict[str, Observation]:
    """Return the observation of the endpoints that `--max-age` leaves out. If there can be none, load nothing."""
    longest = _usual_age(session) if session.options.max_age is None else session.options.max_age
    if not longest:
        return {}
    from reconciler.engine.keys.recent import recent_lists

    return recent_lists(session, endpoints, longest)


def _usual_age(session: Session) -> float | None:
    """Return the seconds of `--max-age` for a run without this option.

    Only an apply of a machine that asks nobody has a default. A person, and a plan for review, expect a test.
    """
    options = session.options
    return USUAL_AGE if options.unattended and session.scope == "machine" and not options.keyless else None


def _about_usual_age(options: Options, observations: Mapping[str, Observation]) -> tuple[Diagnostic, ...]:
    """Return the note that the default of `--max-age` left out endpoints, if it did."""
    left = [name for name, seen in observations.items() if seen.code == codes.RECENT_LIST]
    if options.max_age is not None or not left:
        return ()
    from reconciler.engine.keys.recent import left_out_by_default

    return (left_out_by_default(len(left)),)


def _is_not_applied(session: Session, endpoint: Endpoint) -> bool:
    """Return true if a machine's run may not contact a shared endpoint.

    The state does not contain such an endpoint, or contains the endpoint with another host.
    """
    name = endpoint.name
    if session.scope != "machine" or name in session.own or name in session.options.allowed_hosts:
        return False
    from reconciler.engine.trust.recorded import is_same_place

    before = session.state.resources.get(address.endpoint(name))
    return before is None or not is_same_place(endpoint, before.as_endpoint)


def _not_applied() -> Observation:
    return skipped(codes.NOT_APPLIED_YET, "Not contacted: not applied yet")
