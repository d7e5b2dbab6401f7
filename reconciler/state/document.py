"""The state of a gateway as a value: the applied endpoints, models and defaults."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field, replace

from reconciler.address import Address
from reconciler.resources.recorded_past import NOTHING, RecordedPast
from reconciler.resources.resource import Resource
from reconciler.values import dataclass


@dataclass(frozen=True)
class Written:
    """The user or pipeline run that wrote a state, and the time (UTC, ISO 8601).

    `plan` is the digest of the saved plan that was applied, if there was a saved plan.
    """

    by: str
    at: str
    plan: str | None = None


@dataclass(frozen=True, kw_only=True)
class State:
    """The applied resources of a gateway.

    `lineage` is a random ID, and `serial` counts the writes. Before the first write, `lineage` is "" and `serial` is 0.
    """

    name: str
    lineage: str = ""
    serial: int = 0
    resources: dict[Address, Resource] = field(default_factory=dict)
    gwctl_version: str = ""  # the version of gwctl that wrote the state
    written: Written | None = None  # None: an older gwctl did not record the writer
    older: int | None = None  # the format version of the document, if it is older than the present one
    past: RecordedPast = NOTHING

    def begun(self, lineage: str) -> State:
        """Return the state with this lineage. A state that already has a lineage is returned unchanged."""
        return self if self.lineage else replace(self, lineage=lineage)

    def renewed(self, written: Written) -> State:
        """Return the next state with the same resources, in the present format."""
        return self.following(self.resources.values(), written)

    def following(self, resources: Iterable[Resource], written: Written) -> State:
        """Return the next state of this lineage, with these resources. The recorded past stays the same."""
        return replace(
            self,
            serial=self.serial + 1,
            resources={resource.address: resource for resource in resources},
            written=written,
            older=None,
        )
