"""The `ollama` dialect (github.com/ollama/ollama, docs/api.md)."""

from __future__ import annotations

from typing import Any

from reconciler.live.dialects.dialect import Envelope, Said
from reconciler.live.purposes import purpose_of as purpose

__all__ = [
    "CHAT_PATH",
    "CONTAINERS",
    "IDS",
    "LIST_PATH",
    "MAY_BE_BARE",
    "message",
    "next_page",
    "purpose",
    "said",
]

LIST_PATH = "/api/tags"
CHAT_PATH = "/api/chat"
CONTAINERS = (("models",),)
IDS = ("model", "name")  # `name` alone in old versions
MAY_BE_BARE = False


def next_page(_envelope: Envelope, _entries: int) -> dict[str, str] | None:
    """The list has one page."""
    return None


def message(model_id: str, prompt: str) -> dict[str, Any]:
    """One user message, answered in one piece."""
    return {"model": model_id, "stream": False, "messages": [{"role": "user", "content": prompt}]}


def said(answer: Any) -> Said | None:
    """`message.content`."""
    reply = answer.get("message") if isinstance(answer, dict) else None
    if not isinstance(reply, dict) or not isinstance(reply.get("content"), str):
        return None
    name = answer.get("model")
    return Said(reply["content"], name if isinstance(name, str) else None)
