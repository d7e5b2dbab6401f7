"""The steps of `gwctl leave`: remove everything that gwctl set up on this machine for a gateway file."""

from __future__ import annotations

from dataclasses import replace

from reconciler.diagnostics import Diagnostic
from reconciler.engine.options import Options
from reconciler.engine.plan import Run, gather_destroy
from reconciler.engine.stack.gateway_file import load_gateway
from reconciler.engine.stack.session import Session, open_session, open_without_state
from reconciler.engine.trust.decide import Trust
from reconciler.errors import Failed
from reconciler.ledger.last_read import remove_all
from reconciler.ledger.stack_rows import Agreed, Stacks
from reconciler.plan.build import make_destroy_plan
from reconciler.plan.change import Plan
from reconciler.text import printable
from reconciler.values import dataclass


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """The traces of a gateway file on this machine.

    `removal` is the plan that deletes the traces, or None if nothing was applied.
    """

    trust: Trust
    agreed: tuple[Agreed, ...]
    removal: tuple[Plan, Run] | None
    unread: tuple[Diagnostic, ...] = ()  # why the state was not read

    @property
    def is_known(self) -> bool:
        """Return true if the ledger has records of this gateway file."""
        return any(stack.id == self.trust.stack.id for stack in self.trust.book.stacks)


def find_traces(options: Options) -> Leaving:
    """Return the traces of the gateway file on this machine. gwctl asks no question and contacts no endpoint."""
    options = replace(options, asker=None, scope="machine")
    session, unread = _opened(options)
    trust = session.trust
    agreed = trust.book.agreed.get(trust.stack.id, ())
    if not session.state.lineage:
        return Leaving(trust=trust, agreed=agreed, removal=None, unread=unread)
    run = gather_destroy(options, session)
    plan = _in_words(make_destroy_plan(run.inputs), trust.stack.name)
    return Leaving(trust=trust, agreed=agreed, removal=(plan, run), unread=unread)


def _in_words(plan: Plan, name: str) -> Plan:
    """Return the plan with reasons for the person who leaves. The gateway file is not the cause of the changes."""
    leaving = f"leaving {printable(name, 80)}"
    changes = (
        replace(change, cause=None, reason=change.reason if change.address.is_owned else leaving)
        for change in plan.changes
    )
    return replace(plan, changes=tuple(changes))


def _opened(options: Options) -> tuple[Session, tuple[Diagnostic, ...]]:
    """Return the session, and the reasons why its state was not read.

    If the state was not read, or was deleted, the session has only the ledger's records of this machine.
    """
    loaded = load_gateway(options)
    try:
        session = open_session(options, (), loaded)
        is_deleted = not session.state.lineage and bool(session.trust.stack.lineage)
        return (open_without_state(options, loaded) if is_deleted else session), ()
    except Failed as fault:
        unread = tuple(
            replace(each, severity="warning", detail="Only this machine's records are removed.", blocks_apply=False)
            for each in fault.diagnostics
        )
    return open_without_state(options, loaded), unread


def forget(leaving: Leaving) -> None:
    """Delete all records of this gateway file on this machine.

    They are the ledger's rows (consents, handles, applied endpoints, this machine's resources), and the last reads of
    states, also of earlier addresses of this state.
    """
    Stacks(leaving.trust.ledger()).forget(leaving.trust.stack.id)
    remove_all(leaving.trust.ledger())
