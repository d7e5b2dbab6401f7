"""The `vertex` dialect's list (cloud.google.com/vertex-ai, publishers.models.list)."""

from __future__ import annotations

from reconciler.live.dialects.gemini import IDS, MAY_BE_BARE, next_page
from reconciler.live.purposes import purpose_of as purpose

__all__ = ["CONTAINERS", "IDS", "LIST_PATH", "MAY_BE_BARE", "next_page", "purpose"]

LIST_PATH = "/v1beta1/publishers/google/models"
CONTAINERS = (("publisherModels",),)
