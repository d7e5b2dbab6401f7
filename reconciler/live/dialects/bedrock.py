"""The `bedrock` dialect's list (docs.aws.amazon.com, ListFoundationModels)."""

from __future__ import annotations

from typing import Any

from reconciler.live.modellist import id_of, items_of, listed
from reconciler.resources.catalog import ListedModel

LIST_PATH = "/foundation-models"


def items(page: Any) -> list[Any] | None:
    """`modelSummaries`."""
    return items_of(page, ("modelSummaries",))


def model(item: Any) -> ListedModel | None:
    """The ID is `modelId`; `outputModalities` say the purpose."""
    return listed(id_of(item, ("modelId",)), item)


def next_page(_page: Any) -> dict[str, str] | None:
    """The list has one page."""
    return None
