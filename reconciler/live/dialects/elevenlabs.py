"""The `elevenlabs` dialect's list (elevenlabs.io/docs/api-reference/models/list)."""

from __future__ import annotations

from reconciler.live.dialects.dialect import Envelope
from reconciler.live.purposes import purpose_of as purpose

__all__ = ["CONTAINERS", "IDS", "LIST_PATH", "MAY_BE_BARE", "next_page", "purpose"]

LIST_PATH = "/v1/models"
CONTAINERS: tuple[tuple[str, ...], ...] = ()  # the page is an array
IDS = ("model_id",)
MAY_BE_BARE = False


def next_page(_envelope: Envelope, _entries: int) -> dict[str, str] | None:
    """The list has one page."""
    return None
