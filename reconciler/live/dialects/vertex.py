"""The `vertex` dialect's list (cloud.google.com/vertex-ai, publishers.models.list)."""

from __future__ import annotations

from typing import Any

from reconciler.live.dialects.gemini import model, next_page
from reconciler.live.modellist import items_of

__all__ = ["LIST_PATH", "items", "model", "next_page"]

LIST_PATH = "/v1beta1/publishers/google/models"


def items(page: Any) -> list[Any] | None:
    """`publisherModels`; an object without it is an empty page."""
    return [] if page == {} else items_of(page, ("publisherModels",))
