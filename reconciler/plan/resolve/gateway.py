"""`resolve`, which finds the desired resources from the gateway file, the model lists and the records.

Only `resolve` decides what a missing list means. The planner does not use lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import replace

from reconciler import address
from reconciler.address import Address
from reconciler.config.gateway import Gateway, Role
from reconciler.plan.consents import NO_CONSENT, Consents
from reconciler.plan.desired import Desired, Dropped
from reconciler.plan.resolve.defaults import resolve_defaults, unfollowed
from reconciler.plan.resolve.endpoint import resolve_endpoint
from reconciler.plan.resolve.unchanged import Groups, stay
from reconciler.resources.observation import Observation
from reconciler.resources.resource import Recorded, by_endpoint
from reconciler.values import dataclass


@dataclass(frozen=True)
class ScopeInputs:
    """The facts from outside a scope that affect the desired resources of the scope."""

    hidden: Set[str] = frozenset()  # endpoints that belong to other machines
    stuck: frozenset[Address] = frozenset()  # addresses that `moved` could not move
    gateway: Gateway | None = None  # the whole file, if only a part of it is resolved


WHOLE = ScopeInputs()


def resolve(
    gateway: Gateway,
    observations: Mapping[str, Observation],
    recorded: Recorded,
    consents: Consents = NO_CONSENT,
    part: ScopeInputs = WHOLE,
) -> Desired:
    """Return the desired endpoints, models and defaults.

    A candidate for a default may be on a hidden endpoint that belongs to another machine. gwctl then does not know
    whether the candidate is available.
    """
    desired = resolve_endpoints(gateway, observations, recorded=recorded, consents=consents, part=part)
    roles = [role for role in gateway.roles if not _all_hidden(gateway, role, part.hidden)]
    desired = follow_defaults(gateway, desired, recorded=recorded, consents=consents, roles=roles, hidden=part.hidden)
    seen = replace(desired, unknown=desired.unknown | part.hidden)
    desired = desired.joined(resolve_defaults(gateway, seen, recorded, roles))
    elsewhere = Dropped("config", "all candidates are on endpoints with the scope `machine`")
    return desired.joined(
        Desired(dropped={address.default(role.name): elsewhere for role in gateway.roles if role not in roles})
    )


def resolve_endpoints(
    gateway: Gateway,
    observations: Mapping[str, Observation],
    recorded: Recorded,
    consents: Consents,
    part: ScopeInputs = WHOLE,
) -> Desired:
    """Return the desired endpoints and models.

    The result includes recorded endpoints and models that must stay for now.
    """

    from reconciler.plan.resolve.keep_replaced import keep_replaced

    groups = by_endpoint(recorded)
    resolved = (
        resolve_endpoint(endpoint, observations[name], groups.get(name, {}), consents)
        for name, endpoint in gateway.endpoints.items()
    )
    desired = Desired.all_of((Desired(dropped=_taken_out(gateway, groups)), *resolved))
    desired.dropped.update(_named_removed(desired, consents))
    desired = stay(desired, groups, part.stuck, consents)
    return keep_replaced(desired, part.gateway or gateway, groups=groups, observations=observations, consents=consents)


def follow_defaults(
    gateway: Gateway,
    desired: Desired,
    recorded: Recorded,
    consents: Consents,
    roles: Iterable[Role],
    beside: Desired | None = None,
    hidden: Set[str] = frozenset(),
) -> Desired:
    """Return the desired resources, and the models of recorded defaults that no candidate can replace yet.

    `beside` contains the desired resources of the other scope, which may also contain candidates. A model is not kept
    if its endpoint has moved to the other scope.
    """
    there = beside or Desired()
    addresses = unfollowed(gateway, desired.joined(there), recorded=recorded, roles=roles, hidden=hidden)
    kept = [at for at in addresses if address.endpoint(at.endpoint) not in there.wanted]
    return stay(desired, by_endpoint(recorded), kept, consents) if kept else desired


def _all_hidden(gateway: Gateway, role: Role, hidden: Set[str]) -> bool:
    candidates = gateway.defaults.get(role.name)
    return bool(candidates) and all(candidate.model.endpoint in hidden for candidate in candidates or ())


def _taken_out(gateway: Gateway, groups: Groups) -> dict[Address, Dropped]:
    gone = [name for name in groups if name and name not in gateway.endpoints]  # "" has the defaults
    why = {name: Dropped("config", f"endpoint.{name} is no longer in the gateway file") for name in gone}
    return {at: why[name] for name in gone for at in groups[name]}


def _named_removed(desired: Desired, consents: Consents) -> dict[Address, Dropped]:
    named = [at for at in desired.dropped if at.is_model and at in consents.removed]
    return {at: Dropped("config", "in `removed`") for at in named}
