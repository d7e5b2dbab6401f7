"""The counts of changes in a plan, for every output format and for the exit code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from reconciler.address import Kind
from reconciler.plan.change import ACTIONS, Plan, Scope
from reconciler.values import dataclass


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The counts of changes in a plan, and the facts that make the plan incomplete."""

    planned: bool  # False: the files or the state could not be used, and the plan has only errors
    state_read: bool
    scope: Scope
    counts: Mapping[str, int]  # {action: number of changes}
    causes: Mapping[str, int]  # {cause: number of changes}, the most frequent first
    severities: Mapping[str, int]
    held: int
    blocked: Mapping[Kind, int]  # {kind: number of blocked addresses}
    new: int  # the number of blocked endpoints that were never applied
    stopped: bool
    unseen: bool  # an endpoint or a slot could not be read

    @property
    def changes(self) -> bool:
        """Return whether the plan changes anything."""
        return any(number for action, number in self.counts.items() if action != "none")

    @property
    def failed(self) -> bool:
        """Return whether the plan has an error."""
        return bool(self.severities.get("error"))


def summarise(plan: Plan) -> Summary:
    """Return the summary of a plan, which may have only errors."""
    actions = Counter[str](change.action for change in plan.changes)
    causes = Counter[str](change.cause for change in plan.effective if change.cause)
    recorded = {change.address for change in plan.changes if change.before}
    return Summary(
        planned=bool(plan.config_digest),
        state_read=plan.serial is not None,
        scope=plan.scope,
        counts={action: actions[action] for action in ACTIONS},
        causes=dict(causes.most_common()),
        severities=Counter[str](diagnostic.severity for diagnostic in plan.diagnostics),
        held=len(plan.held),
        blocked=Counter[Kind](at.kind for at in plan.blocked),
        new=sum(at.is_endpoint and at not in recorded for at in plan.blocked),
        stopped=plan.stopped,
        unseen=bool(plan.blocked) or any(seen.is_unseen for seen in plan.observations.values()),
    )
