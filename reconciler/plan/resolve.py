"""resolve: what is desired, given what the gateway file says, what was listed and what is recorded.

It alone decides what silence means; the planner never sees a catalog.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

from reconciler.address import Address
from reconciler.config.gateway import Gateway
from reconciler.plan.consents import NO_CONSENT, Consents
from reconciler.plan.desired import Desired, Dropped
from reconciler.plan.resolve_defaults import resolve_defaults
from reconciler.plan.resolve_endpoint import resolve_endpoint
from reconciler.resources.catalog import Observation
from reconciler.resources.resource import Recorded


def resolve(
    gateway: Gateway,
    observations: Mapping[str, Observation],
    recorded: Recorded,
    consents: Consents = NO_CONSENT,
    applying: bool = False,
) -> Desired:
    """What is desired of every endpoint, model and default.

    `applying` makes a missing required key the error that it is for `apply`.
    """
    each = (
        resolve_endpoint(endpoint, observations[name], recorded, consents, applying)
        for name, endpoint in gateway.endpoints.items()
    )
    desired = reduce(Desired.joined, each, Desired(dropped=_taken_out(gateway, recorded)))
    desired.dropped.update(_named_removed(desired, consents))
    return desired.joined(resolve_defaults(gateway, desired, recorded))


def _taken_out(gateway: Gateway, recorded: Recorded) -> dict[Address, Dropped]:
    gone = [at for at in recorded if at.kind != "default" and at.endpoint not in gateway.endpoints]
    return {at: Dropped("config", f"endpoint.{at.endpoint} is no longer in the gateway file") for at in gone}


def _named_removed(desired: Desired, consents: Consents) -> dict[Address, Dropped]:
    named = [at for at in desired.dropped if at.kind == "model" and at in consents.removed]
    return {at: Dropped("config", "named under `removed`") for at in named}
