"""The `cohere` dialect's list (docs.cohere.com/reference/list-models)."""

from __future__ import annotations

from reconciler.live.dialects.dialect import Envelope
from reconciler.live.purposes import purpose_of as purpose

__all__ = ["CONTAINERS", "IDS", "LIST_PATH", "MAY_BE_BARE", "next_page", "purpose"]

LIST_PATH = "/v1/models?page_size=1000"
CONTAINERS = (("models",),)
IDS = ("name",)
MAY_BE_BARE = False


def next_page(envelope: Envelope, _entries: int) -> dict[str, str] | None:
    """`next_page_token`."""
    token = envelope.get("next_page_token")
    return {"page_token": token} if isinstance(token, str) and token else None
