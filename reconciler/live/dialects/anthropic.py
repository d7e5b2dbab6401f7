"""The `anthropic` dialect (docs.anthropic.com/en/api/models-list, /messages)."""

from __future__ import annotations

from typing import Any

from reconciler.live.dialects.dialect import Said
from reconciler.live.dialects.openai import text_of
from reconciler.live.modellist import id_of, items_of
from reconciler.resources.catalog import ListedModel

LIST_PATH = "/v1/models?limit=1000"
CHAT_PATH = "/v1/messages"
_MAX_TOKENS = 1024  # the API wants a number


def items(page: Any) -> list[Any] | None:
    """`data`."""
    return items_of(page, ("data",))


def model(item: Any) -> ListedModel | None:
    """All that is listed is for chat."""
    model_id = id_of(item, ("id",))
    return ListedModel(model_id, "chat", "dialect") if model_id.strip() else None


def next_page(page: Any) -> dict[str, str] | None:
    """`has_more` and `last_id`."""
    last = page.get("last_id")
    return {"after_id": last} if page.get("has_more") is True and isinstance(last, str) else None


def message(model_id: str, prompt: str) -> dict[str, Any]:
    """One user message."""
    return {"model": model_id, "max_tokens": _MAX_TOKENS, "messages": [{"role": "user", "content": prompt}]}


def said(answer: Any) -> Said | None:
    """The text of all content blocks."""
    if not isinstance(answer, dict) or not isinstance(answer.get("content"), list):
        return None
    name = answer.get("model")
    return Said(text_of(answer["content"]), name if isinstance(name, str) else None)
