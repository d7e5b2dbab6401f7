"""One change on one line: the sign, the subject, the cause and the reason.

The differences are nested under the line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reconciler.plan.change import Action, Change, Difference
from reconciler.render.phrases import counted, value
from reconciler.render.tree import AttributeDiff, Line, Role, Span, line
from reconciler.resources.resource import Resource

SIGNS: dict[Action, str] = {"create": "+", "update": "~", "delete": "-", "forget": "x", "none": " "}


def change_line(change: Change) -> Line:
    """Return a line such as `+ gpt-4o  chat  (catalog: listed by the endpoint)`."""
    role: Role = change.action if change.action != "none" else "plain"
    only_one = len(change.diff) == 1 and not change.address.is_endpoint
    shown = _single(change) if only_one else _kind(change)
    return line(
        Span(f"{SIGNS[change.action]} {_name(change)}", role),
        f"  {shown}" if shown else "",
        Span(f"  ({why(change)})", "dim"),
        under=() if only_one else differing(change.diff),
    )


def folded_line(action: Action, models: Sequence[Change]) -> Line:
    """Return one line for many models that have the same change, with a count for each purpose."""
    purposes: dict[str, int] = {}
    for change in models:
        purpose = resource_of(change).purpose
        purposes[purpose] = purposes.get(purpose, 0) + 1
    kinds = ", ".join(f"{number} {purpose}" for purpose, number in sorted(purposes.items()))
    role: Role = action if action != "none" else "plain"
    return line(
        Span(f"{SIGNS[action]} {counted(len(models), 'model')}", role),
        f"  {kinds}",
        Span("  (-v shows each)", "dim"),
    )


def differing(differences: Iterable[Difference]) -> tuple[AttributeDiff, ...]:
    """Return the differences for display, in the notation of a gateway file."""
    return tuple(
        AttributeDiff(difference.path, _said(difference.before), _said(difference.after)) for difference in differences
    )


def resource_of(change: Change) -> Resource:
    """Return the resource after the change. For a delete, return the resource before the change.

    Raise ValueError if the change has neither.
    """
    if after := change.after or change.before:
        return after
    raise ValueError(f"the change of {change.address} has no resource before or after")


def slot_of(owned: Resource) -> str:
    """Return the slot of an owned resource on one line, such as `gwctl/litellm`."""
    return owned.address.kind.slot_words(owned.slot)


def why(change: Change) -> str:
    """Return the cause and the reason of a change.

    The prefix `this machine` marks a resource that only this machine records.
    """
    own = "this machine; " if change.scope == "machine" and "shared" in change.address.kind.scopes else ""
    return own + (f"{change.cause}: {change.reason}" if change.cause and change.reason else change.reason)


def _said(attribute: object) -> str | None:
    return None if attribute is None else value(attribute)


def _name(change: Change) -> str:
    if change.address.is_model:
        return change.address.model_id
    return change.address.kind.name if change.address.endpoint else str(change.address).replace(".", " ", 1)


def _single(change: Change) -> str:
    only = change.diff[0]
    return f"{value(only.before)} → {value(only.after)}"


def _kind(change: Change) -> str:
    after = change.after or change.before
    if after is None or change.address.is_endpoint:
        return ""
    if change.address.is_owned:
        return f"{change.address.kind.place} {slot_of(after)}"
    return after.purpose if change.address.is_model else after.default_model.name
