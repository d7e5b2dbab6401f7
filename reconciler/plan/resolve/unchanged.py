"""The resources that stay as recorded because they depend on a resource that failed or is unknown.

`stay` is called for every resource that would be deleted only because of the failure. If a consent names a resource,
gwctl still deletes the resource.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler import address
from reconciler.address import Address
from reconciler.plan.consents import Consents
from reconciler.plan.desired import Desired, WantedResource
from reconciler.resources.resource import Resource

Groups = Mapping[str, Mapping[Address, Resource]]  # {endpoint: its recorded resources by address}


def stay(desired: Desired, groups: Groups, kept: Iterable[Address], consents: Consents) -> Desired:
    """Return the desired resources, plus the unchanged recorded resources at the addresses in `kept`.

    If a consent names an address, its resource does not stay. An endpoint stays together with its models, and a model
    stays together with its endpoint.
    """
    staying: dict[Address, WantedResource] = {}
    for at in kept:
        if at not in desired.wanted and not is_named(at, consents):
            staying |= _with_its_own(at, groups, desired, consents)
    endpoints = tuple(at for at in staying if at.is_endpoint)
    return desired.joined(Desired(wanted=staying, blocked=endpoints, unknown=frozenset(at.name for at in endpoints)))


def is_named(at: Address, consents: Consents) -> bool:
    """Return whether a consent to delete names the address, or the endpoint of the address."""
    return at in consents.removed or consents.allows_delete(address.endpoint(at.endpoint))


def _with_its_own(at: Address, groups: Groups, desired: Desired, consents: Consents) -> dict[Address, WantedResource]:
    """Return the recorded resources that stay together with the resource at the address.

    An endpoint stays with its models. If a model's endpoint is desired, the model stays alone. Otherwise the endpoint
    and all its models stay.
    """
    group = groups.get(at.endpoint, {})
    whole = at.is_endpoint or address.endpoint(at.endpoint) not in desired.wanted
    kept = [resource for resource in group.values() if whole or resource.address == at]
    return {
        resource.address: WantedResource(resource, "config", "")
        for resource in kept
        if resource.address not in consents.removed
    }
