"""The `gemini` dialect's list (ai.google.dev/api/models); IDs carry `models/`."""

from __future__ import annotations

from reconciler.live.dialects.dialect import Envelope
from reconciler.live.purposes import purpose_of as purpose

__all__ = ["CONTAINERS", "IDS", "LIST_PATH", "MAY_BE_BARE", "next_page", "purpose"]

LIST_PATH = "/models?pageSize=1000"
CONTAINERS = (("models",),)
IDS = ("name",)
MAY_BE_BARE = True


def next_page(envelope: Envelope, _entries: int) -> dict[str, str] | None:
    """`nextPageToken`."""
    token = envelope.get("nextPageToken")
    return {"pageToken": token} if isinstance(token, str) and token else None
