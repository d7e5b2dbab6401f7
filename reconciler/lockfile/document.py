"""The content of a lock file: a pinned model list for each endpoint."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any

from reconciler.config.gateway import Endpoint
from reconciler.diagnostics import Source
from reconciler.resources.attributes import DETAILS
from reconciler.resources.observation import ListedModel
from reconciler.resources.resource import known
from reconciler.values import dataclass


@dataclass(frozen=True, kw_only=True)
class Pin:
    """The unfiltered model list of one endpoint, sorted by ID, and the base URL that was used to fetch the list."""

    name: str
    base_url: str
    dialect: str
    models: tuple[ListedModel, ...]
    intact: bool = True  # the digest in the file is right: nobody edited what `gwctl lock` wrote
    source: Source | None = None

    @property
    def has_details(self) -> bool:
        """Return whether the limits, capabilities or APIs of any model are known."""
        return any(_details(model) for model in self.models)

    @property
    def is_unread(self) -> bool:
        """Return whether the list is from version 1 of the lock file, which has no details of models."""
        return any(model.details is None for model in self.models)

    @property
    def digest(self) -> str:
        """The SHA-256 over all values of the pinned list. A manual edit or a merge changes the digest."""
        models = [(model.id, model.purpose, model.purpose_source, *_details(model)) for model in self.models]
        text = json.dumps([self.name, self.base_url, self.dialect, models], separators=(",", ":"))
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _details(model: ListedModel) -> list[dict[str, Any]]:
    details = known(model.details) if model.details else {}
    return [details] if details else []


@dataclass(frozen=True)
class LockFile:
    """The pinned model lists of one gateway."""

    name: str  # the gateway's
    pins: Mapping[str, Pin] = field(default_factory=dict)
    version: int = 2  # of the file that it was read from


def pin_of(endpoint: Endpoint, models: Iterable[ListedModel]) -> Pin:
    """Return the pinned list of the endpoint. The list is sorted by ID.

    The filters of the gateway file are not applied.
    """
    ordered = tuple(sorted(models, key=lambda model: model.id))
    return Pin(name=endpoint.name, base_url=endpoint.base_url, dialect=endpoint.preset.dialect, models=ordered)


def misfit(endpoint: Endpoint, pin: Pin) -> str:
    """Return the reason why the pinned list does not fit the endpoint in the gateway file.

    Return "" if the list fits.
    """
    if pin.base_url != endpoint.base_url:
        return f"the list was made for {pin.base_url}, but `base_url` is {endpoint.base_url}"
    if pin.dialect != endpoint.preset.dialect:
        return f"the list was made for the dialect {pin.dialect}, but the dialect is {endpoint.preset.dialect}"
    return ""


DetailsChange = tuple[str, dict[str, Any], dict[str, Any]]  # ID, the details that differ: before, and now


@dataclass(frozen=True)
class ListDifference:
    """The difference between two model lists.

    The difference has the added IDs, the removed IDs, the changed purposes as (ID, old purpose, new purpose), and the
    changed details. All are sorted by ID.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[tuple[str, str, str], ...] = ()
    details: tuple[DetailsChange, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.details)

    def __str__(self) -> str:
        """Return the numbers of added and removed models in short form: `+2 −1 models`."""
        others = {model_id for model_id, _, _ in (*self.changed, *self.details)}
        counts = (("+", len(self.added)), ("−", len(self.removed)), ("~", len(others)))
        number = sum(count for _, count in counts)
        return " ".join(f"{sign}{count}" for sign, count in counts if count) + f" model{'s' if number != 1 else ''}"


def difference(before: Iterable[ListedModel], after: Iterable[ListedModel]) -> ListDifference:
    """Return the changes from one model list to the other. A change of only the source of a purpose does not count.

    Details count only if both lists have details. Version 1 of the lock file has no details.
    """
    old = {model.id: model for model in before}
    new = {model.id: model for model in after}
    both = [(name, old[name], new[name]) for name in sorted(old.keys() & new.keys())]
    changed = ((name, was.purpose, now.purpose) for name, was, now in both if was.purpose != now.purpose)
    details = ((name, *_details_that_differ(was, now)) for name, was, now in both if was.details != now.details)
    return ListDifference(
        tuple(sorted(new.keys() - old.keys())),
        tuple(sorted(old.keys() - new.keys())),
        tuple(changed),
        tuple(change for change in details if any(change[1:])),
    )


def _details_that_differ(before: ListedModel, after: ListedModel) -> tuple[dict[str, Any], dict[str, Any]]:
    if before.details is None or after.details is None:
        return {}, {}
    old, new = known(before.details), known(after.details)
    names = [name for name in DETAILS if old.get(name) != new.get(name)]
    return {name: old[name] for name in names if name in old}, {name: new[name] for name in names if name in new}
