"""A saved plan's changes are carried out only if they fit the records as they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.address import model
from reconciler.plan.change import Change
from reconciler.plan.file.integrity import is_sound
from reconciler.plan.resolve.moves import Lifecycle
from reconciler.resources.attributes import ModelAttributes
from reconciler.resources.resource import Resource

CHAT, IMAGE = ModelAttributes(purpose="chat"), ModelAttributes(purpose="image")
AT, OTHER = model("a", "m"), model("a", "n")
OLD, NEW = Resource(AT, CHAT), Resource(AT, IMAGE)
NOTHING = Lifecycle(recorded={})
RECORDED = Lifecycle(recorded={AT: OLD})


def change(action: str, before: Resource | None, after: Resource | None) -> Change:
    at = (after or before or OLD).address
    return Change(address=at, action=action, cause="config", reason="", before=before, after=after)


FORGOTTEN = replace(RECORDED, forgotten=frozenset({AT}))
MOVED = replace(RECORDED, moved={AT: OTHER})


@pytest.mark.parametrize(
    ("changed", "lifecycle"),
    [
        (change("create", None, OLD), NOTHING),
        (change("update", OLD, NEW), RECORDED),
        (change("none", OLD, OLD), RECORDED),
        (change("delete", OLD, None), RECORDED),
        (change("forget", OLD, None), FORGOTTEN),
        (replace(change("update", OLD, OLD), moved_from=OTHER), MOVED),
    ],
)
def test_a_change_that_fits_is_sound(changed: Change, lifecycle: Lifecycle) -> None:
    assert is_sound([changed], lifecycle)


@pytest.mark.parametrize(
    ("changes", "lifecycle"),
    [
        ([], RECORDED),
        ([change("create", None, OLD)] * 2, NOTHING),
        ([change("create", None, None)], NOTHING),
        ([change("create", OLD, OLD)], RECORDED),
        ([change("update", NEW, OLD)], RECORDED),
        ([change("update", OLD, OLD)], RECORDED),
        ([change("none", OLD, NEW)], RECORDED),
        ([change("delete", OLD, None)], FORGOTTEN),
        ([change("forget", OLD, None)], RECORDED),
        ([change("delete", OLD, NEW)], RECORDED),
        ([change("none", OLD, OLD)], MOVED),
        ([replace(change("update", OLD, NEW), moved_from=OTHER)], RECORDED),
        ([replace(change("update", OLD, NEW), address=OTHER)], RECORDED),
    ],
)
def test_a_change_that_does_not_fit_is_not(changes: list[Change], lifecycle: Lifecycle) -> None:
    assert not is_sound(changes, lifecycle)
