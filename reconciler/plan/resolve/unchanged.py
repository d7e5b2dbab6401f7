"""The resources that stay as recorded because something they depend on failed or is unknown.

Whatever would go without anybody's having named it, and would not if everything had gone well, passes through `stay`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler import address
from reconciler.address import Address
from reconciler.plan.consents import Consents
from reconciler.plan.desired import Desired, WantedResource
from reconciler.resources.resource import Resource

Groups = Mapping[str, Mapping[Address, Resource]]  # of an endpoint, what is recorded of it


def stay(desired: Desired, groups: Groups, kept: Iterable[Address], consents: Consents) -> Desired:
    """The same, with these addresses and what they hang on as they are recorded; not what was named to go."""
    staying: dict[Address, WantedResource] = {}
    for at in kept:
        if at not in desired.wanted and not is_named(at, consents):
            staying |= _with_its_own(at, groups, desired, consents)
    endpoints = tuple(at for at in staying if at.is_endpoint)
    return desired.joined(Desired(wanted=staying, blocked=endpoints, unknown=frozenset(at.name for at in endpoints)))


def is_named(at: Address, consents: Consents) -> bool:
    """Return whether somebody asked by name for this address, or for the endpoint that it belongs to, to go."""
    return at in consents.removed or consents.allows_delete(address.endpoint(at.endpoint))


def _with_its_own(at: Address, groups: Groups, desired: Desired, consents: Consents) -> dict[Address, WantedResource]:
    """An endpoint brings its models; a model brings its endpoint, all of it, where that would go as well."""
    group = groups.get(at.endpoint, {})
    whole = at.is_endpoint or address.endpoint(at.endpoint) not in desired.wanted
    kept = [resource for resource in group.values() if whole or resource.address == at]
    return {
        resource.address: WantedResource(resource, "config", "")
        for resource in kept
        if resource.address not in consents.removed
    }
