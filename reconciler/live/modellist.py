"""Reading a model list: where servers keep its items, and what an item says of its ID and purpose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reconciler.live.purposes import purpose_of
from reconciler.resources.catalog import ListedModel

_CONTAINERS = ("data", "models", "result", "modelSummaries", "publisherModels", "items")
_IDS = ("id", "identifier", "model", "key", "model_id", "canonical_name", "model_group", "model_name", "name")


def items_of(body: Any, containers: Sequence[str] = _CONTAINERS) -> list[Any] | None:
    """The items of a page; None for a shape that is no list of models."""
    if isinstance(body, list):
        return body
    if not isinstance(body, dict):
        return None
    return next((body[name] for name in containers if isinstance(body.get(name), list)), None)


def id_of(item: Any, fields: Sequence[str] = _IDS) -> str:
    """The ID of an item, as the server spells it; blank when there is none."""
    if isinstance(item, str):
        return item
    if not isinstance(item, dict):
        return ""
    return next((item[name] for name in fields if isinstance(item.get(name), str) and item[name].strip()), "")


def listed(model_id: str, item: Any) -> ListedModel | None:
    """The model of an item; None for a blank ID, or one that no text can hold (a lone surrogate)."""
    if not model_id.strip() or any("\ud800" <= each <= "\udfff" for each in model_id):
        return None
    return ListedModel(model_id, *purpose_of(item if isinstance(item, dict) else {}, model_id))


def unique(models: Sequence[ListedModel]) -> tuple[ListedModel, ...]:
    """Each ID once, its first entry that says a purpose of itself winning over those that do not."""
    found: dict[str, ListedModel] = {}
    for each in models:
        before = found.get(each.id)
        if before is None or (
            before.purpose_source in ("id", "assumed") and each.purpose_source not in ("id", "assumed")
        ):
            found[each.id] = each
    return tuple(found.values())
