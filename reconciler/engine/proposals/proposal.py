"""A plan that is shown now and applied later, if nothing has changed by then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from hashlib import sha256
from typing import Any

from reconciler import safe_json
from reconciler.engine.apply import apply, to_apply
from reconciler.engine.options import Options
from reconciler.engine.plan import Run, gather
from reconciler.engine.proposals.consents import Consent, consents_of, with_consents
from reconciler.engine.proposals.content import FileContent, read_content
from reconciler.engine.proposals.file_edit import FileEdit
from reconciler.engine.trust.pairs import STORE, WantedPair
from reconciler.engine.trust.questions import Question
from reconciler.plan.build import make_plan
from reconciler.plan.change import Change, Plan
from reconciler.plan.outcome import Outcome
from reconciler.values import dataclass


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A plan, with the run that an apply of the plan uses.

    `content` is the content of the files on the disk. `edit` is an unsaved edit of one of these files. The plan
    includes the edit.
    """

    plan: Plan
    run: Run
    content: FileContent
    given: frozenset[Consent] = frozenset()
    edit: FileEdit | None = None

    @property
    def serial(self) -> int | None:
        """The serial of the state, or None if the state was not read."""
        return self.plan.serial

    @property
    def consents(self) -> list[Consent]:
        """The consents that the plan can use, and the consents that were given."""
        return list(dict.fromkeys([*consents_of(self.plan), *sorted(self.given)]))

    @cached_property
    def digest(self) -> str:
        """The digest of everything in the plan that is shown or applied, without times."""
        return sha256(safe_json.dumps(list(_parts(self)), indent=None).encode()).hexdigest()

    @property
    def withheld(self) -> tuple[WantedPair, ...]:
        """The pairs of secret and host that the run would use, and that nobody agreed to on this machine."""
        trust_ = self.run.session.trust
        return () if trust_.elsewhere else tuple(want for want in trust_.withheld if want.endpoint != STORE)

    def questions(self) -> dict[str, Question]:
        """Return {endpoint or client: the question about its new pairs}."""
        names = dict.fromkeys(want.endpoint for want in self.withheld)
        return {name: self._question([want for want in self.withheld if want.endpoint == name]) for name in names}

    def _question(self, wants: Sequence[WantedPair]) -> Question:
        return self.run.session.trust.consents.question(wants, ())


def propose(options: Options, given: AbstractSet[Consent] = frozenset(), edit: FileEdit | None = None) -> Proposal:
    """Return the plan of an apply with these consents and this edit. gwctl asks no question and writes nothing.

    Raise `Failed` if there is no plan, or if the edited file has changed since it was read.
    """
    content = read_content(options)
    options = edit.pinned(content) if edit else content.pinned(options)
    run = to_apply(gather(with_consents(options, given)))
    return Proposal(plan=make_plan(run.inputs), run=run, content=content, given=frozenset(given), edit=edit)


def carry_out(proposal: Proposal) -> Outcome:
    """Apply a plan that a person has agreed to. Raise `Failed` if the plan cannot be applied."""
    return apply(proposal.plan, proposal.run, lambda _: True)


def agree_to(proposal: Proposal, name: str, how: str) -> None:
    """Record the consent to exactly the pairs in the question about this endpoint or client."""
    pairs = [want.pair for want in proposal.questions()[name].wants]
    proposal.run.session.trust.grant(pairs, how)


def _parts(proposal: Proposal) -> Iterator[Any]:
    plan = proposal.plan
    yield [str(consent) for consent in sorted(proposal.given)]
    yield [plan.name, plan.lineage, plan.serial, plan.config_digest, plan.lock_digest, plan.scope, plan.stopped]
    yield from (_change(change) for change in (*plan.effective, *plan.to_remember))
    yield [str(model.address) for model in plan.held] + [str(at) for at in plan.blocked]
    yield from ([each.severity, each.code, each.address, each.summary] for each in plan.diagnostics)
    yield from (item for question in proposal.questions().values() for item in question.items)


def _change(change: Change) -> list[Any]:
    sides = [safe_json.as_data(side.data) if side else None for side in (change.before, change.after)]
    facts = safe_json.as_data(change.after.facts) if change.after and change.address.is_owned else None
    return [change.scope, str(change.address), change.action, change.cause, str(change.moved_from), *sides, facts]
