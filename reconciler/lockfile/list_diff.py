"""The models added and removed between two lists of one endpoint."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reconciler.resources.observation import ListedModel


@dataclass(frozen=True)
class ListDifference:
    """IDs that came, IDs that went, and (ID, old, new) of those whose purpose changed; each by ID."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[tuple[str, str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)

    def __str__(self) -> str:
        """`+2 −1 models`, as a reviewer reads it."""
        counts = (("+", len(self.added)), ("−", len(self.removed)), ("~", len(self.changed)))
        number = sum(count for _, count in counts)
        return " ".join(f"{sign}{count}" for sign, count in counts if count) + f" model{'s' if number != 1 else ''}"


def difference(before: Iterable[ListedModel], after: Iterable[ListedModel]) -> ListDifference:
    """From the one list to the other; what a purpose was read from is no difference."""
    old = {model.id: model.purpose for model in before}
    new = {model.id: model.purpose for model in after}
    changed = (name for name in sorted(old.keys() & new.keys()) if old[name] != new[name])
    return ListDifference(
        tuple(sorted(new.keys() - old.keys())),
        tuple(sorted(old.keys() - new.keys())),
        tuple((name, old[name], new[name]) for name in changed),
    )
