"""The `cohere` dialect's list (docs.cohere.com/reference/list-models)."""

from __future__ import annotations

from typing import Any

from reconciler.live.modellist import id_of, items_of, listed
from reconciler.resources.catalog import ListedModel

LIST_PATH = "/v1/models?page_size=1000"


def items(page: Any) -> list[Any] | None:
    """`models`."""
    return items_of(page, ("models",))


def model(item: Any) -> ListedModel | None:
    """The ID is `name`; `endpoints` says the purpose."""
    return listed(id_of(item, ("name",)), item)


def next_page(page: Any) -> dict[str, str] | None:
    """`next_page_token`."""
    token = page.get("next_page_token")
    return {"page_token": token} if isinstance(token, str) and token else None
