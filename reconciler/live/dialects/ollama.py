"""The `ollama` dialect (github.com/ollama/ollama, docs/api.md)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reconciler.live.dialects.dialect import ChatReply, Envelope
from reconciler.live.lists.shapes import calls_of, inside, joined, thinking_of, word
from reconciler.live.purposes import purpose_of as purpose

__all__ = [
    "CHAT_PATH",
    "CONTAINERS",
    "IDS",
    "LIST_PATH",
    "MAY_BE_BARE",
    "gathered",
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


def said(answer: Any) -> ChatReply | None:
    """`message`: its content, thinking and tool calls."""
    reply = inside(answer, "message")
    if not reply:
        return None
    return ChatReply(
        text=word(reply.get("content")),
        thinking=thinking_of(reply),
        calls=calls_of(reply.get("tool_calls")),
        model=word(answer.get("model")) or None,
        stopped=word(answer.get("done_reason")),
    )


def gathered(events: Sequence[Any]) -> Any:
    """The pieces of the message, and of the rest the last."""
    objects = [each for each in events if isinstance(each, dict)]
    rest = {name: each[name] for each in objects for name in ("model", "done_reason", "error") if name in each}
    message = joined(inside(each, "message") for each in objects)
    return rest | {"message": message} if message else rest
