"""The `elevenlabs` dialect's list (elevenlabs.io/docs/api-reference/models/list)."""

from __future__ import annotations

from typing import Any

from reconciler.live.modellist import id_of, items_of, listed
from reconciler.resources.catalog import ListedModel

LIST_PATH = "/v1/models"


def items(page: Any) -> list[Any] | None:
    """The root array."""
    return items_of(page, ())


def model(item: Any) -> ListedModel | None:
    """The ID is `model_id`; what it can do says the purpose."""
    return listed(id_of(item, ("model_id",)), item)


def next_page(_page: Any) -> dict[str, str] | None:
    """The list has one page."""
    return None
