"""What a plan comes to, in a few words that every format says alike."""

from __future__ import annotations

from typing import Literal

from reconciler.plan.change import Plan, Scope
from reconciler.render.tree import Span, spans
from reconciler.render.words import counted

_COUNTED: tuple[Literal["create", "update", "delete", "forget"], ...] = (
    "create",
    "update",
    "delete",
    "forget",
)

_WHOSE: dict[Scope, tuple[str, ...]] = {
    "all": (),
    "shared": ("only what everybody shares",),
    "machine": ("only what belongs to this machine",),
}


def to_do(plan: Plan) -> tuple[Span, ...]:
    """`1 to create, 2 to delete`; nothing when there is nothing to do."""
    summary = plan.summary()
    parts = [Span(f"{summary[action]} to {action}", action) for action in _COUNTED if summary[action]]
    return spans(*(part for found in parts for part in (", ", found)))[1:]


def beside(plan: Plan) -> list[str]:
    """What is not to be done: unchanged, held, left alone; and why the plan is not the whole of it."""
    summary = plan.summary()
    rest = [*_WHOSE[plan.scope], f"{summary['none']} unchanged"]
    rest += [f"{summary['held']} held"] if summary["held"] else []
    for kind, words in (("endpoint", "left as recorded"), ("key", "left as it is")):
        number = sum(at.kind == kind for at in plan.blocked)
        rest += [f"{counted(number, kind)} {words}"] if number else []
    return rest + _unfinished(plan)


def _unfinished(plan: Plan) -> list[str]:
    if plan.stopped:
        return ["stopped until it is allowed"]
    unseen = plan.blocked or any(found.status == "skipped" for found in plan.observations.values())
    return ["not everything could be seen"] if unseen else []
