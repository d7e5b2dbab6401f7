"""The state as a value: endpoints, models and defaults as applied."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from reconciler.address import Address
from reconciler.resources.recorded_past import NOTHING, RecordedPast
from reconciler.resources.resource import Resource


@dataclass(frozen=True)
class Written:
    """The author of a state and the time (UTC, ISO 8601); `plan` is the digest of its saved plan, if any."""

    by: str
    at: str
    plan: str | None = None


@dataclass(frozen=True, kw_only=True)
class State:
    """The applied resources; `lineage` is drawn once, `serial` counts the changes. None yet: "" and 0."""

    name: str
    lineage: str = ""
    serial: int = 0
    resources: dict[Address, Resource] = field(default_factory=dict)
    gwctl_version: str = ""  # the one that wrote it
    written: Written | None = None  # None: by a gwctl that did not say
    older: int | None = None  # the version of the document that it was read from, where that is an older one
    past: RecordedPast = NOTHING

    def begun(self, lineage: str) -> State:
        """The same state; one that has no lineage yet gets this one."""
        return self if self.lineage else replace(self, lineage=lineage)

    def renewed(self, written: Written) -> State:
        """The next state, with the same resources: as this gwctl writes them."""
        return self.following(self.resources.values(), written)

    def following(self, resources: Iterable[Resource], written: Written) -> State:
        """The next state of this lineage, with these resources; it remembers what this one does."""
        return replace(
            self,
            serial=self.serial + 1,
            resources={resource.address: resource for resource in resources},
            written=written,
            older=None,
        )
