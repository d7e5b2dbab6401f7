"""Saved plans. gwctl writes a plan to a file, reads the file, and applies the plan once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from reconciler import address, codes
from reconciler.diagnostics import Diagnostic, error
from reconciler.engine.keys.request import observe_all
from reconciler.engine.options import Options
from reconciler.engine.owned import OwnedView, view_owned
from reconciler.engine.plan import Run
from reconciler.engine.stack.session import Session, check_scope, open_session
from reconciler.engine.trust.carried import carried, movings
from reconciler.engine.trust.contents import with_contents
from reconciler.errors import Failed
from reconciler.files.atomic_file import OwnFile
from reconciler.files.fault import FileFault
from reconciler.files.read_file import read_file
from reconciler.identity import now, who
from reconciler.plan.build import plan_all_owned
from reconciler.plan.carried_pairs import CarriedPair
from reconciler.plan.change import Change, Plan
from reconciler.plan.desired import Desired, WantedResource
from reconciler.plan.file.codec import BEGINNING, decode_plan, encode_checked
from reconciler.plan.file.integrity import is_sound
from reconciler.plan.file.refusals import CurrentState, SavedPlan, refusals
from reconciler.plan.guard import guard
from reconciler.plan.inputs import Inputs
from reconciler.plan.resolve.moves import Lifecycle
from reconciler.state.codec import check_resources
from reconciler.text import printable

_ANEW = "make a new plan: gwctl plan --out FILE"
LARGEST = 512 * 1024 * 1024  # bytes


def save_plan(plan: Plan, run: Run, path: Path) -> None:
    """Write the plan to a file with mode 0600. An existing file is replaced only if it is empty or a saved plan.

    Raise `Failed` if the file cannot be written.
    """
    place, session = printable(str(path)), run.session
    options = session.options
    if options.keyless:  # the run has not read the ledger yet
        plan = replace(plan, pairs=carried(replace(session, gateway=with_contents(session.gateway, options))))
    data = encode_checked(plan, who(options.environ), now(), place)
    try:
        OwnFile(path).replace(data, _is_plan, len(BEGINNING))
    except FileFault as fault:
        why = "the file exists and is not a plan" if fault.kind == "foreign" else fault.why
        raise Failed(_unsaved(place, why)) from None
    except OSError as fault:
        raise Failed(_unsaved(place, str(fault.strerror))) from None


def _is_plan(beginning: bytes) -> bool:
    """Return true if the bytes are the beginning of a saved plan, or are empty. `mktemp` makes an empty file."""
    return beginning in (b"", BEGINNING)


def read_plan(path: Path) -> SavedPlan:
    """Return the plan in a file. Raise `Failed` if the file does not contain a usable plan."""
    place = printable(str(path))
    try:
        data = read_file(path, LARGEST)
    except OSError as fault:
        raise Failed(_unreadable(place, fault.strerror or "it cannot be opened")) from None
    return decode_plan(data, place)


def gather_saved(options: Options, path: Path) -> tuple[Plan, Run]:
    """Return the saved plan and the run for its apply. Raise `Failed` if the plan must not be applied."""
    saved = read_plan(path)
    plan = saved.plan
    options = replace(options, asker=None)  # all consents were given when the plan was made
    session = open_session(replace(options, scope=plan.scope), _tested(plan))
    check_scope(session)
    _check(saved, session, options)
    inputs = Inputs(division=session.division, observations=plan.observations, consents=plan.consents)
    return plan, Run(session=session, inputs=inputs, owned=_owned(plan, session), saved=saved.digest)


def _check(saved: SavedPlan, session: Session, options: Options) -> None:
    diagnostics = refusals(saved, _standing(saved, session, options)) or _edited(saved.plan, session)
    diagnostics = diagnostics or (*_not_carried(saved.plan, session), *guard(saved.plan.changes, saved.plan.consents))
    if diagnostics:
        raise Failed(*diagnostics)


def _standing(saved: SavedPlan, session: Session, options: Options) -> CurrentState:
    state, written = session.state, session.state.written
    return CurrentState(
        name=session.gateway.name,
        lineage=state.lineage or None,
        serial=state.serial,
        config_digest=session.gateway.digest,
        lock_digest=session.lock_digest,
        scope=options.scope,
        last_plan=written.plan if written else None,
        last_written=f"at {written.at} by {written.by}" if written else "",
        used_here=session.machine.plan_used(saved.digest),
    )


def _edited(plan: Plan, session: Session) -> tuple[Diagnostic, ...]:
    """Return an error if the plan was edited.

    A plan that was not edited starts from the recorded resources, and all resources that it would record are readable.
    """
    division = session.division
    for owner, lifecycle in (("shared", division.shared), ("machine", division.machine or Lifecycle(recorded={}))):
        own = [change for change in plan.changes if change.scope == owner and not change.address.is_owned]
        if not is_sound(own, lifecycle) or not check_resources(change.after for change in own if change.after):
            return (_not_recorded(),)
    strange = [change for change in plan.changes if change.scope not in change.address.kind.scopes]
    return (_not_recorded(),) if strange else ()


def _tested(plan: Plan) -> list[str]:
    """Return the endpoints whose stored keys gwctl tests again."""
    keys = [change.address.endpoint for change in plan.changes if change.address.is_owned]
    return [name for name in keys if any(at.address == address.endpoint(name) for at in plan.changes)]


def _not_carried(plan: Plan, session: Session) -> list[Diagnostic]:
    """Return an error for each change that would record a new pair of a secret and a host.

    A pair is not new if the records have it. A pair is also not new if the machine that made the plan saved the pair in
    the plan.
    """
    endpoints, carried = session.gateway.endpoints, set(plan.pairs)
    diagnostics = []
    for change in (*plan.effective, *plan.to_remember):
        endpoint = endpoints.get(change.address.name) if change.address.is_endpoint and change.after else None
        left = [pair for pair in movings(endpoint, session) if pair not in carried] if endpoint else []
        diagnostics += [_withheld(change, left, session.trust.typed)] if left else []
    return diagnostics


def _owned(plan: Plan, session: Session) -> OwnedView | None:
    """Return the owned resources of the plan. Raise `Failed` if they have changed since the plan was made.

    gwctl tests a key again before it stores the key. The key may have been rotated, and a plan contains no part of a
    key.
    """
    planned = [change for change in plan.changes if change.address.is_owned]
    if not planned:
        return None
    endpoints = session.gateway.endpoints.values()
    kept = [endpoint for endpoint in endpoints if endpoint.store_key or session.keys.is_kept(endpoint)]
    observations = {**plan.observations, **observe_all(kept, session.keys)}
    owned = view_owned(session, observations)
    fresh = plan_all_owned(owned.inputs, session.division, plan.consents, _desired(plan, session))
    if sorted(map(_effect, fresh.changes)) != sorted(map(_effect, planned)):
        raise Failed(_other_keys())
    return owned


def _desired(plan: Plan, session: Session) -> Desired:
    """Return the resources after the plan.

    If the plan covers only this machine, shared resources come from the records.
    """
    going = {change.address for change in plan.changes if change.after is None}
    there = {at: resource for at, resource in session.recorded.items() if at not in going}
    there |= {change.address: change.after for change in plan.changes if change.after}
    return Desired(wanted={at: WantedResource(resource, "config", "") for at, resource in there.items()})


def _effect(change: Change) -> tuple[str, ...]:
    sides = (str(sorted(side.data.items())) if side else "" for side in (change.before, change.after))
    facts = str(sorted(change.after.facts.items())) if change.after else ""  # an effect is made from them
    return (str(change.address), change.action, str(change.moved_from), *sides, facts)


def _unsaved(place: str, why: str) -> Diagnostic:
    summary = f"Cannot save the plan: {place}: {why}"
    return error(codes.PLAN_UNWRITABLE, summary, detail="Nothing was saved.", hint="name another file: --out FILE")


def _unreadable(place: str, why: str) -> Diagnostic:
    summary = f"Cannot read the plan: {place}: {why}"
    return error(
        codes.PLAN_UNREADABLE,
        summary,
        detail="Nothing was done.",
        hint="check the path; gwctl plan --out FILE saves a plan",
    )


def _not_recorded() -> Diagnostic:
    summary = "The plan does not match the recorded resources: it was edited, or made for a different gateway file"
    return error(codes.PLAN_EDITED, summary, detail="Nothing was done.", hint="make a new plan: gwctl plan --out FILE")


def _withheld(change: Change, left: Sequence[CarriedPair], typed: str) -> Diagnostic:
    secrets = ", ".join(dict.fromkeys(printable(carried.secret, 120) for carried in left))
    summary = f"The plan would allow {change.address} to send its key to {printable(left[0].place, 300)}"
    detail = f"Sending {secrets} to that host had not been allowed when the plan was made. Nothing was done."
    name = change.address.name
    hint = f"if the host is correct: gwctl trust {name}{typed}, or gwctl plan --allow-host {name}; then {_ANEW}"
    return error(codes.KEY_WITHHELD, summary, detail=detail, hint=hint, address=change.address, source=change.source)


def _other_keys() -> Diagnostic:
    summary = "The keys, the keychain or the files of tools have changed since the plan was made"
    return error(codes.PLAN_STALE, summary, detail="Nothing was done.", hint="make a new plan: gwctl plan --out FILE")
