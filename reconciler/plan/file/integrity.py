"""The check that a saved plan's changes are possible with the present records."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.plan.change import Change
from reconciler.plan.resolve.moves import Lifecycle


def is_sound(changes: Sequence[Change], lifecycle: Lifecycle) -> bool:
    """Return whether these changes fit the present records, the renames in the file, and the action of each change."""
    before = {change.before.address: change.before.attributes for change in changes if change.before}
    there = {at: resource.attributes for at, resource in lifecycle.recorded.items()}
    alone = len({change.address for change in changes}) == len(changes)
    return alone and before == there and all(_is_shaped(change, lifecycle) for change in changes)


def _is_shaped(change: Change, lifecycle: Lifecycle) -> bool:
    sides = [side for side in (change.before, change.after) if side]
    own = all(side.address == change.address for side in sides)
    return own and change.moved_from == _moved_from(change, lifecycle) and _does(change, lifecycle)


def _moved_from(change: Change, lifecycle: Lifecycle) -> object:
    return lifecycle.moved.get(change.address) if change.before and change.after else None


def _does(change: Change, lifecycle: Lifecycle) -> bool:
    """Return whether the action fits the resource before and after the change.

    The check covers which of the two resources exist, and whether their attributes differ.
    """
    sides = (change.before is not None, change.after is not None)
    if change.action in ("delete", "forget"):
        return sides == (True, False) and (change.action == "forget") == (change.address in lifecycle.forgotten)
    if change.before is None or change.after is None:
        return change.action == "create" and sides == (False, True)
    same = change.before.attributes == change.after.attributes and change.moved_from is None
    return change.action == ("none" if same else "update")
