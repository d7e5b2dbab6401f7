"""The `anthropic` dialect (docs.anthropic.com/en/api/models-list, /messages)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.live.dialects.dialect import Envelope, Said
from reconciler.live.dialects.openai import text_of

LIST_PATH = "/v1/models?limit=1000"
CHAT_PATH = "/v1/messages"
CONTAINERS = (("data",),)
IDS = ("id",)
MAY_BE_BARE = False
_MAX_TOKENS = 1024  # the API wants a number


def purpose(_entry: Mapping[str, Any], _model_id: str) -> tuple[str, str]:
    """All that is listed is for chat."""
    return "chat", "dialect"


def next_page(envelope: Envelope, _entries: int) -> dict[str, str] | None:
    """`has_more` and `last_id`."""
    last = envelope.get("last_id")
    return {"after_id": last} if envelope.get("has_more") is True and isinstance(last, str) else None


def message(model_id: str, prompt: str) -> dict[str, Any]:
    """One user message."""
    return {"model": model_id, "max_tokens": _MAX_TOKENS, "messages": [{"role": "user", "content": prompt}]}


def said(answer: Any) -> Said | None:
    """The text of all content blocks."""
    if not isinstance(answer, dict) or not isinstance(answer.get("content"), list):
        return None
    name = answer.get("model")
    return Said(text_of(answer["content"]), name if isinstance(name, str) else None)
