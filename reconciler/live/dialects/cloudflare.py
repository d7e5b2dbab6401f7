"""The `cloudflare` dialect's list (developers.cloudflare.com/api/resources/ai); chat is OpenAI-like."""

from __future__ import annotations

from reconciler.live.dialects.dialect import Envelope
from reconciler.live.lists.more_pages import number
from reconciler.live.purposes import purpose_of as purpose

__all__ = ["CONTAINERS", "IDS", "LIST_PATH", "MAY_BE_BARE", "next_page", "purpose"]

LIST_PATH = "../models/search?per_page=100"
CONTAINERS = (("result",),)
IDS = ("name",)  # @cf/…, which calls want; `id` is an internal one
MAY_BE_BARE = False


def next_page(envelope: Envelope, entries: int) -> dict[str, str] | None:
    """`result_info`: the next page while pages so far hold less than there is."""
    info = envelope.get("result_info")
    if not isinstance(info, dict) or not entries:
        return None
    page, size, total = (number(info.get(name)) for name in ("page", "per_page", "total_count"))
    if page is None or size is None or total is None:
        return None
    return {"page": str(page + 1)} if page * size < total else None
