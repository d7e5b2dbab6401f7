"""One change for a reviewer: the action, the subject, the reason, and the values before and after."""

from __future__ import annotations

from reconciler.plan.change import Change, Difference
from reconciler.render.phrases import value
from reconciler.render.tree import AttributeDiff, Facets, Line, Span, line
from reconciler.render.views.change import differing, resource_of, slot_of, why
from reconciler.resources.resource import Resource

_SELDOM_SAID = ("dialect", "timeout")  # attributes of an endpoint that are shown only when they change


def review_line(change: Change) -> Line:
    """Return a line such as `delete chat model gpt-4o (catalog: no longer listed by the endpoint)`."""
    facets, reason = Facets(change.action, change.cause or "", change.address.endpoint), why(change)
    head = (Span(change.action, "plain" if change.action == "none" else change.action), f" {_kind(change)} ")
    return line(
        *head,
        Span(_name(change), "name"),
        *_value(change),
        Span(f" ({reason})" if reason else "", "dim"),
        under=_under(change),
        facets=facets,
    )


def _kind(change: Change) -> str:
    return f"{resource_of(change).purpose} model" if change.address.is_model else change.address.kind.name


def _name(change: Change) -> str:
    return change.address.model_id if change.address.is_model else change.address.name


def _value(change: Change) -> tuple[Span | str, ...]:
    """Return the text after a resource's name: a base URL, a keychain slot, a default's model, or a difference."""
    if _is_short(change):
        return (": ", Span(value(change.diff[0].before), "code"), " → ", Span(value(change.diff[0].after), "code"))
    resource = resource_of(change)
    if change.address.is_endpoint and change.action in ("delete", "forget"):
        return _after(" at ", resource.as_endpoint.base_url)
    if change.address.is_default:
        return _after(": ", resource.default_model.name)
    if change.address.is_owned:
        return _after(f" in the {change.address.kind.place} as ", slot_of(resource))
    return ()


def _after(words: str, value: object) -> tuple[Span | str, ...]:
    return (words, Span(str(value), "code")) if value else ()


def _is_short(change: Change) -> bool:
    return len(change.diff) == 1 and not change.address.is_endpoint


def _under(change: Change) -> tuple[AttributeDiff, ...]:
    if change.address.is_endpoint and change.action == "create":
        return differing(Difference(name, None, value) for name, value in _telling(resource_of(change)))
    return () if _is_short(change) else differing(change.diff)


def _telling(endpoint: Resource) -> list[tuple[str, object]]:
    """Return the attributes of a new endpoint that differ from their defaults."""
    attributes = {name: value for name, value in endpoint.data.items() if value and name not in _SELDOM_SAID}
    discover = attributes.get("discover") or {}
    if discover.get("enabled", True) and not discover.get("include") and not discover.get("exclude"):
        attributes.pop("discover", None)
    return list(attributes.items())
