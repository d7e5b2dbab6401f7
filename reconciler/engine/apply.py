"""The apply of a plan: the checks before the apply, the approval, and the inputs for the changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Literal

from reconciler import address, codes
from reconciler.apply.execute import ApplyContext, OwnRows, execute, leave
from reconciler.apply.write_state import OnWait
from reconciler.diagnostics import Diagnostic, error
from reconciler.engine.keys.applied import record_applied, record_failures
from reconciler.engine.owned import owned_context
from reconciler.engine.plan import Run
from reconciler.engine.stack.offline import unwritable
from reconciler.engine.stack.session import Session, spare_of
from reconciler.engine.trust.carried import unagreed
from reconciler.engine.trust.contents import with_contents
from reconciler.engine.trust.withheld_messages import about_endpoint, key_withheld
from reconciler.errors import Failed
from reconciler.files.kept_open import one_phase
from reconciler.identity import new_lineage, now, who
from reconciler.plan.build import make_plan
from reconciler.plan.change import Change, Plan
from reconciler.plan.guard import guard
from reconciler.plan.inputs import leaving_open
from reconciler.plan.manual_edits import past_after
from reconciler.plan.outcome import Outcome
from reconciler.resources.observation import Observation
from reconciler.secrets.binding import Pair
from reconciler.state.document import Written

Decide = Callable[[Plan], bool]  # the approval by a person or an option; called only for a plan with changes


@one_phase()
def apply(plan: Plan, run: Run, decide: Decide, on_wait: OnWait = lambda _: None) -> Outcome:
    """Apply the plan, unless the guard stops the plan or `decide` returns False.

    Raise `Failed`, with nothing done, if the apply cannot be recorded, or if the plan has changes that an apply may not
    make.
    """
    refusals = unwritable(run.session.store, run.session.options, plan.scope) or _blocked(plan, run)
    if refusals:
        raise Failed(*refusals)
    if plan.stopped or guard(plan.changes, plan.consents):
        return _left(plan, run, "blocked")
    if plan.effective and not decide(plan):
        return _left(plan, run, "skipped")
    return execute(plan, _context(plan, run, on_wait))


def _left(plan: Plan, run: Run, result: Literal["blocked", "skipped"]) -> Outcome:
    """Return the outcome of an apply that changed nothing, and record which endpoints failed."""
    notes = record_failures(plan, run.session) if run.owned else ()
    return replace(leave(plan, result), diagnostics=notes)


def to_apply(run: Run) -> Run:
    """Return a run that changes nothing about the endpoints that block an apply.

    An endpoint blocks an apply if its key is missing or withheld. An endpoint also blocks an apply if the shared state
    would record a host that nobody on this machine allowed for a secret. Raise `Failed` if an apply cannot record its
    changes.
    """
    session = run.session
    refusals = unwritable(session.store, session.options, session.scope)
    if refusals:
        raise Failed(*refusals)
    if session.options.keyless and session.store.is_shared:  # a shared state records who would see a secret
        session = replace(session, gateway=with_contents(session.gateway, session.options))
        run = replace(run, session=session, inputs=replace(run.inputs, division=session.division))
    pairs = unagreed(session, run.inputs.observations)
    seen = {name: _seen(session, name, seen, pairs) for name, seen in run.inputs.observations.items()}
    return replace(run, inputs=leaving_open(replace(run.inputs, observations=seen)))


def as_shown(plan: Plan, run: Run) -> tuple[Plan, Run]:
    """Return the plan and the run for an apply that makes exactly the changes of `plan`.

    Raise `Failed` if an apply may not make all of these changes.
    """
    final = to_apply(run)
    remade = make_plan(final.inputs)
    if (remade.lineage, remade.serial) != (plan.lineage, plan.serial):
        summary = "The state has changed since the plan was made"
        raise Failed(error(codes.PLAN_STALE, summary, detail="Nothing was done.", hint="make a new plan"))
    if [_effect(change) for change in remade.effective] == [_effect(change) for change in plan.effective]:
        return remade, final
    reasons = [
        diagnostic
        for diagnostic in remade.diagnostics
        if diagnostic.severity == "error" and diagnostic not in plan.diagnostics
    ]
    summary = "The plan has changes that cannot be applied now"
    hint = "correct the errors that block the apply, then make a new plan"
    raise Failed(error(codes.PLAN_INCOMPLETE, summary, detail="Nothing was done.", hint=hint), *reasons)


def _effect(change: Change) -> tuple[object, ...]:
    sides = (side.attributes if side else None for side in (change.before, change.after))
    return (change.at, change.action, *sides)


def _blocked(plan: Plan, run: Run) -> tuple[Diagnostic, ...]:
    """Return the errors that forbid an apply: errors of the plan, and secrets that nobody agreed to send.

    gwctl checks a saved plan while reading the file, against the bindings of the machine that made the plan.
    """
    if run.saved:
        return ()
    changed = [
        change for change in (*plan.effective, *plan.to_remember) if change.after and not change.address.is_owned
    ]
    names = {change.address.endpoint for change in changed if not change.address.is_default}
    diagnostics = [
        diagnostic for diagnostic in plan.diagnostics if diagnostic.blocks_apply and diagnostic.severity == "warning"
    ]
    blocking = [
        diagnostic
        for diagnostic in diagnostics
        if diagnostic.address in {str(address.endpoint(name)) for name in names}
    ]
    pairs = unagreed(run.session, names)
    left = [_withheld(run.session, name, pairs) for name in pairs]
    return (*(replace(diagnostic, severity="error", blocks_apply=False) for diagnostic in blocking), *left)


def _withheld(session: Session, name: str, pairs: Mapping[str, list[Pair]]) -> Diagnostic:
    endpoint, keys = session.gateway.endpoints[name], session.keys
    summary, detail, hint = about_endpoint(name, pairs[name], keys.elsewhere, keys.typed)
    at = address.endpoint(name)
    return error(codes.KEY_WITHHELD, summary, detail=detail, hint=hint, address=at, source=endpoint.source)


def _seen(session: Session, name: str, seen: Observation, pairs: Mapping[str, list[Pair]]) -> Observation:
    if name not in pairs or seen.code == codes.NOT_APPLIED_YET:
        return seen
    keys = session.keys
    pairs_withheld = [*keys.withheld(session.gateway.endpoints[name]), *pairs[name]]
    withheld = key_withheld(name, pairs_withheld, keys.elsewhere, keys.typed)
    if seen.pinned is None:
        return withheld
    return replace(withheld, catalog=seen.catalog, live=withheld.catalog, pinned=seen.pinned)


def _context(plan: Plan, run: Run, on_wait: OnWait) -> ApplyContext:
    """Return everything that an apply of this plan needs."""
    session = run.session
    own = any(change.scope == "machine" for change in (*plan.effective, *plan.to_remember))
    stack = session.trust.register() if own else session.trust.stack if run.owned else None
    return ApplyContext(
        state=session.state,
        version=session.version,
        store=session.store,
        written=Written(who(session.options.environ), now(), run.saved),
        new_lineage=new_lineage(),
        spare=spare_of(session.store, session.gateway),
        own=OwnRows(stack.id, session.machine, session.records.version) if stack else None,
        owned=owned_context(run.owned, session) if run.owned else None,
        past=past_after(plan, session.division),
        on_wait=on_wait,
        on_lineage=session.trust.record_lineage,
        on_recorded=partial(record_applied, plan, session, run.is_destroy) if run.owned else tuple,
    )
