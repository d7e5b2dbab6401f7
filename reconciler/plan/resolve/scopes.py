"""The division of resources by scope: the resources for all users of the state, and the resources of this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from reconciler.address import Address
from reconciler.config.gateway import Gateway
from reconciler.plan.change import Scope
from reconciler.plan.resolve.moves import Lifecycle, follow
from reconciler.resources.recorded_past import NOTHING, RecordedPast
from reconciler.resources.resource import Recorded, endpoints_of
from reconciler.values import dataclass


@dataclass(frozen=True, kw_only=True)
class Division:
    """The gateway file and the records, divided by scope.

    With a local state file and the scope `all`, nothing is divided. All resources are then `shared`.
    """

    gateway: Gateway
    scope: Scope
    own: frozenset[str]  # the machine's endpoints; empty if nothing is divided
    shared: Lifecycle  # of the state
    machine: Lifecycle | None  # of the ledger; None if this run does not use the ledger
    past: RecordedPast = NOTHING  # of the state
    waiting: frozenset[str] = frozenset()  # endpoints that should change scope, but stay in theirs for now

    @property
    def team(self) -> Gateway:
        """The gateway file without the endpoints of this machine."""
        return _only(self.gateway, (name for name in self.gateway.endpoints if name not in self.own | self.waiting))

    @property
    def recorded(self) -> Recorded:
        """The records of both scopes. If this machine has its own default for a role, this default is used."""
        return {**self.shared.recorded, **(self.machine.recorded if self.machine else {})}

    @property
    def removed(self) -> frozenset[Address]:
        """The addresses that gwctl may delete, because the gateway file names them in `removed:`."""
        return self.shared.removed | (self.machine.removed if self.machine else frozenset())

    def handing_over(self, is_unseen: Callable[[str], bool]) -> Division:
        """Return a copy in which an endpoint with unknown models keeps its scope.

        A change of the scope would lose the endpoint's records.
        """
        if self.scope != "all" or self.machine is None:
            return self
        state, ledger = _endpoints(self.shared.recorded), _endpoints(self.machine.recorded)
        changing = (self.own & state - ledger) | ((self.gateway.endpoints.keys() - self.own) & ledger - state)
        waiting = frozenset(filter(is_unseen, changing))
        return replace(self, waiting=waiting, own=self.own - waiting)


def _endpoints(recorded: Recorded) -> frozenset[str]:
    return frozenset(endpoints_of(recorded))


def machine_endpoints(gateway: Gateway) -> frozenset[str]:
    """Return the names of the endpoints with the scope `machine`. A loopback URL has this scope by default."""
    return frozenset(name for name, endpoint in gateway.endpoints.items() if endpoint.scope == "machine")


def divide(gateway: Gateway, scope: Scope, own: frozenset[str], state: Recorded, ledger: Recorded) -> Division:
    """Return the resources divided by scope, after renames. If nothing is divided, `own` is empty."""
    mine = replace(
        _only(gateway, own),
        moved=tuple(item for item in gateway.moved if item.target.endpoint in own),
        removed=tuple(item for item in gateway.removed if item.address in ledger),
    )
    team = replace(
        gateway,
        moved=tuple(item for item in gateway.moved if item.target.endpoint not in own),
        removed=tuple(item for item in gateway.removed if item.address in state or item.address not in ledger),
    )
    if scope == "machine":  # the shared records stay as they are
        return Division(
            gateway=gateway,
            scope=scope,
            own=own,
            shared=Lifecycle(recorded=state),
            machine=_handed_over(follow(mine, ledger), gateway, own),
        )
    shared = _forgotten(follow(team, state), own)
    if scope == "shared":
        return Division(gateway=gateway, scope=scope, own=own, shared=shared, machine=None)
    return Division(
        gateway=gateway, scope=scope, own=own, shared=shared, machine=_handed_over(follow(mine, ledger), gateway, own)
    )


def _only(gateway: Gateway, names: Iterable[str]) -> Gateway:
    kept = set(names)
    return replace(gateway, endpoints={name: endpoint for name, endpoint in gateway.endpoints.items() if name in kept})


def _handed_over(lifecycle: Lifecycle, gateway: Gateway, own: frozenset[str]) -> Lifecycle:
    """Return a copy in which this machine forgets its records of endpoints that are shared now.

    The action of these records is `forget`, not `delete`.
    """
    return _forgotten(lifecycle, frozenset(gateway.endpoints) - own)


def _forgotten(lifecycle: Lifecycle, others: frozenset[str]) -> Lifecycle:
    if not others:
        return lifecycle
    theirs = frozenset(at for at in lifecycle.recorded if at.endpoint in others)
    return replace(lifecycle, forgotten=lifecycle.forgotten | theirs)
