"""The search for endpoints in the gateway file that replace recorded endpoints.

An endpoint replaces a recorded endpoint if both have the same base URL, or both use the same key reference. Often the
new endpoint is the recorded endpoint under a new name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from reconciler import address, safe_json
from reconciler.address import Address
from reconciler.config.gateway import Endpoint, Moved
from reconciler.resources.attributes import EndpointAttributes
from reconciler.resources.resource import Resource, raw_list, replaced_by
from reconciler.values import dataclass

Place = str | tuple[str, ...]  # a base URL, a key reference, or all of an endpoint's together


@dataclass(frozen=True)
class Successor:
    """An endpoint in the gateway file, and the recorded endpoint with the same name."""

    endpoint: Endpoint
    recorded: Resource | None
    is_partial: bool = False  # the server says that the list is incomplete

    @property
    def address(self) -> Address:
        """The address of the endpoint."""
        return address.endpoint(self.endpoint.name)

    @property
    def is_new(self) -> bool:
        """Return whether no complete model list is recorded for the endpoint."""
        if self.recorded is None or self.is_partial:
            return True
        return self.endpoint.discover.enabled and not raw_list(self.recorded)

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """The values that identify the endpoint.

        The first value combines the base URL and all key references. Each further value is the base URL or one key
        reference.
        """
        return _places(self.endpoint.attributes)


@dataclass(frozen=True)
class Replacement:
    """A recorded endpoint that the gateway file no longer has, and the endpoint that replaces the recorded endpoint."""

    going: Resource
    successor: Successor
    is_alike: bool  # the base URL and all key references are the same

    @property
    def is_rename(self) -> bool:
        """Return whether the replacement may be the recorded endpoint under a new name."""
        return self.is_alike and self.successor.recorded is None


def replacements(going: Iterable[Resource], successors: Sequence[Successor]) -> Iterator[Replacement]:
    """Yield each pair of a removed endpoint and an endpoint that replaces the removed endpoint.

    For each base URL or key reference, only the first matching successor counts. A successor with a recorded list
    replaces an endpoint only if the base URL and all key references are the same. Otherwise both endpoints existed
    before. A successor that kept the removed endpoint in an earlier plan remains the successor.
    """
    taken: dict[Place, Successor] = {}
    for successor in successors:
        for place in successor.places if successor.is_new else successor.places[:1]:
            taken.setdefault(place, successor)
    by_name = {successor.endpoint.name: successor for successor in successors}
    for resource in going:
        places = _places(resource.as_endpoint)
        found = {taken[place].endpoint.name: place for place in reversed(places) if place in taken}
        earlier = sorted(replaced_by(resource) & by_name.keys() - found.keys())
        for name, place in [*reversed(found.items()), *((name, "") for name in earlier)]:
            yield Replacement(resource, by_name[name], place == places[0])


def moved_line(replacements: Iterable[Replacement], moved: Iterable[Moved]) -> str:
    """Return a line `moved: […]` for the gateway file. The line includes the entries that the file already has."""
    known = {move.origin: move.target for move in moved}
    renames = known | {
        replacement.going.address: replacement.successor.address
        for replacement in replacements
        if replacement.going.address not in known
    }
    return "moved: [" + ", ".join(f"{{from: {old}, to: {new}}}" for old, new in renames.items()) + "]"


def _places(attributes: EndpointAttributes) -> tuple[Place, ...]:
    """Return the values that identify an endpoint.

    The first value combines the base URL and all key references. Each further value is the base URL or one key
    reference.
    """
    url = attributes.base_url.removesuffix("/v1")
    referred = [safe_json.as_data(value) for value in (attributes.key, *attributes.headers.values())]
    references = sorted(safe_json.dumps(reference) for reference in referred if reference)
    return ((url, *references), url, *references)
