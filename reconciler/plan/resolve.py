"""resolve: what is desired, given what the gateway file says, what was listed and what is recorded.

It alone decides what silence means; the planner never sees a catalog.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import replace
from functools import reduce

from reconciler import address
from reconciler.address import Address
from reconciler.config.gateway import Gateway
from reconciler.plan.consents import NO_CONSENT, Consents
from reconciler.plan.desired import Desired, Dropped
from reconciler.plan.resolve_defaults import resolve_defaults
from reconciler.plan.resolve_endpoint import resolve_endpoint
from reconciler.resources.catalog import PURPOSES, Observation
from reconciler.resources.resource import Recorded


def resolve(
    gateway: Gateway,
    observations: Mapping[str, Observation],
    recorded: Recorded,
    consents: Consents = NO_CONSENT,
    applying: bool = False,
    hidden: Set[str] = frozenset(),
) -> Desired:
    """What is desired of every endpoint, model and default.

    `applying` makes a missing required key the error that it is for `apply`. Candidates for a default on endpoints
    that are `hidden` may be there or not: they belong to other machines.
    """
    desired = resolve_endpoints(gateway, observations, recorded, consents, applying)
    seen = replace(desired, unknown=desired.unknown | hidden)
    purposes = [each for each in PURPOSES if not _all_hidden(gateway, each, hidden)]
    desired = desired.joined(resolve_defaults(gateway, seen, recorded, purposes))
    elsewhere = Dropped("config", "its candidates belong to each machine")
    return desired.joined(Desired(dropped={address.default(each): elsewhere for each in set(PURPOSES) - set(purposes)}))


def resolve_endpoints(
    gateway: Gateway,
    observations: Mapping[str, Observation],
    recorded: Recorded,
    consents: Consents,
    applying: bool,
) -> Desired:
    """What is desired of every endpoint and its models."""
    each = (
        resolve_endpoint(endpoint, observations[name], recorded, consents, applying)
        for name, endpoint in gateway.endpoints.items()
    )
    desired = reduce(Desired.joined, each, Desired(dropped=_taken_out(gateway, recorded)))
    desired.dropped.update(_named_removed(desired, consents))
    return desired


def _all_hidden(gateway: Gateway, purpose: str, hidden: Set[str]) -> bool:
    candidates = gateway.defaults.get(purpose)
    return bool(candidates) and all(found.model.endpoint in hidden for found in candidates or ())


def _taken_out(gateway: Gateway, recorded: Recorded) -> dict[Address, Dropped]:
    gone = [at for at in recorded if at.kind != "default" and at.endpoint not in gateway.endpoints]
    return {at: Dropped("config", f"endpoint.{at.endpoint} is no longer in the gateway file") for at in gone}


def _named_removed(desired: Desired, consents: Consents) -> dict[Address, Dropped]:
    named = [at for at in desired.dropped if at.kind == "model" and at in consents.removed]
    return {at: Dropped("config", "named under `removed`") for at in named}
