"""The planner, which compares desired with recorded resources by this table.

| desired | recorded | action                                   |
| ------- | -------- | ---------------------------------------- |
| yes     | no       | create                                   |
| yes     | yes      | differs or moved → update; equal → none  |
| no      | yes      | delete, or forget if the file says so    |
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import partial

from reconciler.address import Address
from reconciler.plan.change import Action, Change
from reconciler.plan.desired import Desired, Dropped, WantedResource
from reconciler.resources.resource import Recorded, Resource

_UNEXPLAINED = Dropped("config", "no longer in the gateway file")


def plan_changes(
    desired: Desired,
    recorded: Recorded,
    moved: Mapping[Address, Address],
    forgotten: Collection[Address] = (),
) -> tuple[Change, ...]:
    """Return one change for each address. Desired addresses come first, in file order. Other addresses follow.

    `recorded` uses the new addresses of renamed resources. `moved` is {new address: old address}.
    """
    wanted = [_wanted(want, recorded.get(at), at, moved.get(at)) for at, want in desired.wanted.items()]
    gone = [_unwanted(desired, resource, forgotten) for at, resource in recorded.items() if at not in desired.wanted]
    return (*wanted, *gone)


def _wanted(want: WantedResource, before: Resource | None, at: Address, origin: Address | None) -> Change:
    if origin is None and before is not None and before.attributes == want.resource.attributes:
        return Change(address=at, action="none", before=before, after=want.resource, source=want.source)
    change = partial(Change, address=at, before=before, after=want.resource, source=want.source)
    if before is None:
        return change(action="create", cause=want.cause, reason=want.reason)
    known = _with_learned(before, want)
    if known.attributes != want.resource.attributes:
        reason = f"moved from {origin}; {want.reason}" if origin else want.reason
        from reconciler.plan.diff import explain

        diff = explain(known.data, want.resource.data)
        return change(action="update", cause=want.cause, reason=reason, diff=diff, moved_from=origin)
    if origin is not None:
        return change(action="update", cause="config", reason=f"moved from {origin}", diff=(), moved_from=origin)
    return change(action="none")


def _with_learned(before: Resource, want: WantedResource) -> Resource:
    """Return the recorded resource plus the attributes that an older gwctl did not read or record."""
    if not want.learned:
        return before
    after = want.resource.as_model
    learned = {name: getattr(after, name) for name in want.learned}
    return replace(before, attributes=replace(before.as_model, **learned))


def _unwanted(desired: Desired, before: Resource, forgotten: Collection[Address]) -> Change:
    why = desired.dropped.get(before.address, _UNEXPLAINED)
    action: Action = "forget" if before.address in forgotten else "delete"
    return Change(address=before.address, action=action, cause=why.cause, reason=why.reason, before=before, after=None)
