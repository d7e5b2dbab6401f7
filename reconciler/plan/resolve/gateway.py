"""resolve: what is desired, given what the gateway file says, what was listed and what is recorded.

It alone decides what silence means; the planner never sees a catalog.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace

from reconciler import address
from reconciler.address import PURPOSES, Address, Purpose
from reconciler.config.gateway import Gateway
from reconciler.plan.consents import NO_CONSENT, Consents
from reconciler.plan.desired import Desired, Dropped
from reconciler.plan.resolve.defaults import resolve_defaults, unfollowed
from reconciler.plan.resolve.endpoint import resolve_endpoint
from reconciler.plan.resolve.keep_replaced import keep_replaced
from reconciler.plan.resolve.unchanged import stay
from reconciler.resources.observation import Observation
from reconciler.resources.resource import Recorded, by_endpoint


@dataclass(frozen=True)
class ScopeInputs:
    """The facts from outside one part of the records that affect it."""

    hidden: Set[str] = frozenset()  # endpoints that belong to other machines
    stuck: frozenset[Address] = frozenset()  # what `moved` could not move
    gateway: Gateway | None = None  # the whole file, where this is not all of it


WHOLE = ScopeInputs()


def resolve(
    gateway: Gateway,
    observations: Mapping[str, Observation],
    recorded: Recorded,
    consents: Consents = NO_CONSENT,
    part: ScopeInputs = WHOLE,
) -> Desired:
    """Return the desired endpoints, models and defaults.

    Candidates for a default on hidden endpoints may be there or not: they belong to other machines.
    """
    desired = resolve_endpoints(gateway, observations, recorded=recorded, consents=consents, part=part)
    purposes = [purpose for purpose in PURPOSES if not _all_hidden(gateway, purpose, part.hidden)]
    desired = follow_defaults(
        gateway, desired, recorded=recorded, consents=consents, purposes=purposes, hidden=part.hidden
    )
    seen = replace(desired, unknown=desired.unknown | part.hidden)
    desired = desired.joined(resolve_defaults(gateway, seen, recorded, purposes))
    elsewhere = Dropped("config", "its candidates are endpoints of each machine")
    return desired.joined(
        Desired(dropped={address.default(purpose): elsewhere for purpose in set(PURPOSES) - set(purposes)})
    )


def resolve_endpoints(
    gateway: Gateway,
    observations: Mapping[str, Observation],
    recorded: Recorded,
    consents: Consents,
    part: ScopeInputs = WHOLE,
) -> Desired:
    """Return the desired endpoints and models, and the recorded ones that may not be deleted yet."""
    groups = by_endpoint(recorded)
    resolved = (
        resolve_endpoint(endpoint, observations[name], groups.get(name, {}), consents)
        for name, endpoint in gateway.endpoints.items()
    )
    desired = Desired.all_of((Desired(dropped=_taken_out(gateway, recorded)), *resolved))
    desired.dropped.update(_named_removed(desired, consents))
    desired = stay(desired, groups, part.stuck, consents)
    return keep_replaced(desired, part.gateway or gateway, groups=groups, observations=observations, consents=consents)


def follow_defaults(
    gateway: Gateway,
    desired: Desired,
    recorded: Recorded,
    consents: Consents,
    purposes: Iterable[Purpose],
    beside: Desired | None = None,
    hidden: Set[str] = frozenset(),
) -> Desired:
    """The same, with the models of the recorded defaults that nothing can follow yet, neither here nor beside.

    What was handed over is the other part's.
    """
    there = beside or Desired()
    addresses = unfollowed(gateway, desired.joined(there), recorded=recorded, purposes=purposes, hidden=hidden)
    kept = [at for at in addresses if address.endpoint(at.endpoint) not in there.wanted]
    return stay(desired, by_endpoint(recorded), kept, consents) if kept else desired


def _all_hidden(gateway: Gateway, purpose: Purpose, hidden: Set[str]) -> bool:
    candidates = gateway.defaults.get(purpose)
    return bool(candidates) and all(candidate.model.endpoint in hidden for candidate in candidates or ())


def _taken_out(gateway: Gateway, recorded: Recorded) -> dict[Address, Dropped]:
    gone = [at for at in recorded if not at.is_default and at.endpoint not in gateway.endpoints]
    return {at: Dropped("config", f"endpoint.{at.endpoint} is no longer in the gateway file") for at in gone}


def _named_removed(desired: Desired, consents: Consents) -> dict[Address, Dropped]:
    named = [at for at in desired.dropped if at.is_model and at in consents.removed]
    return {at: Dropped("config", "in `removed`") for at in named}
