"""The owned resources in one run. gwctl observes these resources before the plan. The apply changes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from reconciler.address import Kind
from reconciler.apply.owned import OwnedContext
from reconciler.engine.stack.session import Session
from reconciler.engine.trust.clients import is_client_agreed
from reconciler.owned.kind import OwnedKind, OwnedRun
from reconciler.owned.registry import open_kinds
from reconciler.plan.owned.values import OwnedInputs
from reconciler.resources.observation import Observation
from reconciler.secrets.key import Key
from reconciler.values import dataclass


@dataclass(frozen=True, kw_only=True)
class OwnedView:
    """The kinds of owned resources in one run, and the inputs that the planner needs."""

    run: OwnedRun
    kinds: Mapping[Kind, OwnedKind]
    inputs: tuple[OwnedInputs, ...]


def view_owned(
    session: Session, observations: Mapping[str, Observation] | None = None, is_destroy: bool = False
) -> OwnedView:
    """Observe every slot that is recorded for this stack, or that this run may need.

    Raise `Failed` if the ledger is broken.
    """
    keys = session.keys
    run = OwnedRun(
        ledger=keys.ledger,
        rows=keys.rows,
        stack=keys.stack.id,
        older=frozenset(stack.id for stack in keys.older),
        gateway=session.gateway,
        observations=observations or {},
        key_of=_given(session),
        environ=session.options.environ,
        without=session.options.without,
        is_destroy=is_destroy,
        is_agreed=partial(is_client_agreed, session.trust),
        typed=frozenset(session.options.typed_keys),
        typed_in=session.options.typed_in,
    )
    kinds = open_kinds(run)
    return OwnedView(run=run, kinds=kinds, inputs=tuple(_inputs(run, kind) for kind in kinds.values()))


def owned_context(view: OwnedView, session: Session) -> OwnedContext:
    """Return the inputs of an apply for owned resources, with the stack that the ledger has now."""
    return OwnedContext(
        kinds=view.kinds,
        ledger=view.run.ledger,
        rows=view.run.rows,
        seen={slot: seen for inputs in view.inputs for slot, seen in inputs.seen.items()},
        stack=session.trust.stack.id,
        name=session.gateway.name,
        place=session.store.url,
    )


def _inputs(run: OwnedRun, kind: OwnedKind) -> OwnedInputs:
    rules = kind.rules
    rows = {slot: row for slot, row in run.rows.items() if slot.kind is rules.kind}
    if rules.is_off:
        return OwnedInputs(rules=rules, stack=run.stack, older=run.older)
    slots = rules.slots | {slot for slot, row in rows.items() if row.is_owned_by(run.stack)}
    return OwnedInputs(rules=rules, rows=rows, seen=kind.observe(sorted(slots)), stack=run.stack, older=run.older)


def _given(session: Session) -> Callable[[str], Key | None]:
    endpoints = session.gateway.endpoints

    def key_of(name: str) -> Key | None:
        return session.keys.followed_key(endpoints[name]) if name in endpoints else None

    return key_of
