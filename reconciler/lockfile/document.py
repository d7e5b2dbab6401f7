"""The content of a lock file: a pinned list for each endpoint."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reconciler.config.gateway import Endpoint
from reconciler.diagnostics import Source
from reconciler.resources.observation import ListedModel


@dataclass(frozen=True, kw_only=True)
class Pin:
    """The unfiltered model list of one endpoint, sorted by ID, and the base URL that it was fetched from."""

    name: str
    base_url: str
    dialect: str
    models: tuple[ListedModel, ...]
    intact: bool = True  # the digest in the file is right: nobody edited what `gwctl lock` wrote
    source: Source | None = None

    @property
    def digest(self) -> str:
        """The SHA-256 over all pinned values. A manual edit or a merge changes the digest."""
        models = [(model.id, model.purpose, model.purpose_source) for model in self.models]
        text = json.dumps([self.name, self.base_url, self.dialect, models], separators=(",", ":"))
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class LockFile:
    """All pinned lists of one gateway."""

    name: str  # the gateway's
    pins: Mapping[str, Pin] = field(default_factory=dict)


def pin_of(endpoint: Endpoint, models: Iterable[ListedModel]) -> Pin:
    """Return the pinned list of the endpoint: sorted by ID, without the filters of the gateway file."""
    ordered = tuple(sorted(models, key=lambda model: model.id))
    return Pin(name=endpoint.name, base_url=endpoint.base_url, dialect=endpoint.preset.dialect, models=ordered)


def misfit(endpoint: Endpoint, pin: Pin) -> str:
    """Return why the pinned list does not match the endpoint in the gateway file; empty if it matches."""
    if pin.base_url != endpoint.base_url:
        return f"it was made for {pin.base_url}, but `base_url` is {endpoint.base_url}"
    if pin.dialect != endpoint.preset.dialect:
        return f"it was made for the dialect {pin.dialect}, but the dialect is {endpoint.preset.dialect}"
    return ""


@dataclass(frozen=True)
class ListDifference:
    """The added IDs, the removed IDs, and (ID, old purpose, new purpose) of changed models; each sorted by ID."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[tuple[str, str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)

    def __str__(self) -> str:
        """Return the numbers in short form: `+2 −1 models`."""
        counts = (("+", len(self.added)), ("−", len(self.removed)), ("~", len(self.changed)))
        number = sum(count for _, count in counts)
        return " ".join(f"{sign}{count}" for sign, count in counts if count) + f" model{'s' if number != 1 else ''}"


def difference(before: Iterable[ListedModel], after: Iterable[ListedModel]) -> ListDifference:
    """Return the changes from one list to the other. A change of only the source of a purpose does not count."""
    old = {model.id: model.purpose for model in before}
    new = {model.id: model.purpose for model in after}
    changed = (name for name in sorted(old.keys() & new.keys()) if old[name] != new[name])
    return ListDifference(
        tuple(sorted(new.keys() - old.keys())),
        tuple(sorted(old.keys() - new.keys())),
        tuple((name, old[name], new[name]) for name in changed),
    )
