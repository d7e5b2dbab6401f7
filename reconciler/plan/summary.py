"""The counts of a plan, made once for every format and for the exit code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.address import Kind
from reconciler.plan.change import ACTIONS, Plan, Scope


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The counts of a plan, and why it is not complete."""

    planned: bool  # False: the files or the state cannot be used, and there are only errors
    state_read: bool
    scope: Scope
    counts: Mapping[str, int]  # of each action
    causes: Mapping[str, int]  # of what would change, the most frequent first
    severities: Mapping[str, int]
    held: int
    blocked: Mapping[Kind, int]  # of addresses of each kind
    new: int  # of the blocked endpoints, those that were never applied
    stopped: bool
    unseen: bool  # something could not be seen

    @property
    def changes(self) -> bool:
        """Return whether something would change."""
        return any(number for action, number in self.counts.items() if action != "none")

    @property
    def failed(self) -> bool:
        """Return whether something is an error."""
        return bool(self.severities.get("error"))


def summarise(plan: Plan) -> Summary:
    """Return the summary of any plan, also of one that is only a list of errors."""
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
        unseen=bool(plan.blocked) or any(observation.status == "skipped" for observation in plan.observations.values()),
    )
