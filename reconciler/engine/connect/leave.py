"""`gwctl leave`: remove everything that gwctl set up on this machine for a gateway file."""

from __future__ import annotations

from dataclasses import dataclass, replace

from reconciler.engine.options import Options
from reconciler.engine.plan import Run, gather_destroy
from reconciler.engine.stack.session import open_session
from reconciler.engine.trust.decide import Trust
from reconciler.ledger.stack_rows import Agreed, Stacks
from reconciler.plan.build import make_destroy_plan
from reconciler.plan.change import Plan


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """The traces of a gateway file on this machine.

    `removal` is the plan that deletes them; None if nothing was applied.
    """

    trust: Trust
    agreed: tuple[Agreed, ...]
    removal: tuple[Plan, Run] | None

    @property
    def is_known(self) -> bool:
        """Return whether the ledger has this gateway file."""
        return any(stack.id == self.trust.stack.id for stack in self.trust.book.stacks)


def find_traces(options: Options) -> Leaving:
    """Return the traces of the gateway file on this machine, without a question and without contacting an endpoint."""
    options = replace(options, asker=None, scope="machine")
    session = open_session(options, ())
    trust = session.trust
    agreed = trust.book.agreed.get(trust.stack.id, ())
    if not session.state.lineage:
        return Leaving(trust=trust, agreed=agreed, removal=None)
    run = gather_destroy(options)
    return Leaving(trust=trust, agreed=agreed, removal=(make_destroy_plan(run.inputs), run))


def forget(leaving: Leaving) -> None:
    """Delete the ledger's rows of this gateway file: consents, handles, applied endpoints, this machine's records."""
    Stacks(leaving.trust.ledger()).forget(leaving.trust.stack.id)
