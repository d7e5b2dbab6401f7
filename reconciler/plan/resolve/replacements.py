"""Endpoints that would go, and the endpoint of the gateway file that takes the place of each.

One takes another's place when it has its base URL or one of its key references. Often it is the same one, renamed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from reconciler import address, safe_json
from reconciler.address import Address
from reconciler.config.gateway import Endpoint, Moved
from reconciler.resources.attributes import EndpointAttributes
from reconciler.resources.resource import Resource, raw_list

Place = str | tuple[str, ...]  # a base URL, a reference, or all of them together


@dataclass(frozen=True)
class Successor:
    """An endpoint of the gateway file, and what is recorded under its own name."""

    endpoint: Endpoint
    recorded: Resource | None
    is_partial: bool = False  # its list says that it is only a part of one

    @property
    def address(self) -> Address:
        """The endpoint's address."""
        return address.endpoint(self.endpoint.name)

    @property
    def is_new(self) -> bool:
        """Return whether no list of it is recorded; a partial list counts as none."""
        if self.recorded is None or self.is_partial:
            return True
        return self.endpoint.discover.enabled and not raw_list(self.recorded)

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """The places that it takes."""
        return _places(self.endpoint.attributes)


@dataclass(frozen=True)
class Replacement:
    """A recorded endpoint that is in no file any more, and what takes its place."""

    going: Resource
    successor: Successor
    is_alike: bool  # in everything that says where it is and with which key

    @property
    def is_rename(self) -> bool:
        """Return whether the one may be the other under a new name."""
        return self.is_alike and self.successor.recorded is None


def replacements(going: Iterable[Resource], successors: Sequence[Successor]) -> Iterator[Replacement]:
    """Yield at most one replacement for each place of a removed endpoint: the first successor.

    What has been listed before takes no place but all of them: else it is a neighbour.
    """
    taken: dict[Place, Successor] = {}
    for successor in successors:
        for place in successor.places if successor.is_new else successor.places[:1]:
            taken.setdefault(place, successor)
    for resource in going:
        places = _places(resource.as_endpoint)
        for place in places:
            if place in taken:
                yield Replacement(resource, taken[place], place == places[0])


def moved_line(replacements: Iterable[Replacement], moved: Iterable[Moved]) -> str:
    """The line of the gateway file that says so, ready to be copied: those that are there already included."""
    known = {move.origin: move.target for move in moved}
    renames = known | {
        replacement.going.address: replacement.successor.address
        for replacement in replacements
        if replacement.going.address not in known
    }
    return "moved: [" + ", ".join(f"{{from: {old}, to: {new}}}" for old, new in renames.items()) + "]"


def _places(attributes: EndpointAttributes) -> tuple[Place, ...]:
    """All together first, then each alone."""
    url = attributes.base_url.removesuffix("/v1")
    referred = [safe_json.as_data(value) for value in (attributes.key, *attributes.headers.values())]
    references = sorted(safe_json.dumps(reference) for reference in referred if reference)
    return ((url, *references), url, *references)
