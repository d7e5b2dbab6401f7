"""The `gemini` dialect's list (ai.google.dev/api/models); IDs carry `models/`."""

from __future__ import annotations

from typing import Any

from reconciler.live.modellist import id_of, items_of, listed
from reconciler.resources.catalog import ListedModel

LIST_PATH = "/models?pageSize=1000"


def items(page: Any) -> list[Any] | None:
    """`models`; an object without it is an empty page."""
    return [] if page == {} else items_of(page, ("models",))


def model(item: Any) -> ListedModel | None:
    """The ID is `name`."""
    return listed(id_of(item, ("name",)), item)


def next_page(page: Any) -> dict[str, str] | None:
    """`nextPageToken`."""
    token = page.get("nextPageToken")
    return {"pageToken": token} if isinstance(token, str) and token else None
