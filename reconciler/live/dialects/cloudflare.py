"""The `cloudflare` dialect's list (developers.cloudflare.com/api/resources/ai); chat is OpenAI-like."""

from __future__ import annotations

from typing import Any

from reconciler.live.modellist import id_of, items_of, listed
from reconciler.resources.catalog import ListedModel

LIST_PATH = "../models/search?per_page=100"


def items(page: Any) -> list[Any] | None:
    """`result`."""
    return items_of(page, ("result",))


def model(item: Any) -> ListedModel | None:
    """The ID is `name` (@cf/…), which calls want; `id` is an internal one."""
    return listed(id_of(item, ("name",)), item)


def next_page(page: Any) -> dict[str, str] | None:
    """`result_info`: the next page while pages so far hold less than there is."""
    info = page.get("result_info")
    if not isinstance(info, dict) or not page.get("result"):
        return None
    number, size, total = (info.get(name) for name in ("page", "per_page", "total_count"))
    if not (isinstance(number, int) and isinstance(size, int) and isinstance(total, int)):
        return None
    return {"page": str(number + 1)} if number * size < total else None
