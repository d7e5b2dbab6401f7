"""The `openai` dialect, which most servers speak (platform.openai.com/docs/api-reference)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reconciler.live.dialects.dialect import ChatReply, Envelope
from reconciler.live.lists.shapes import calls_of, first, inside, joined, picked, text_of, thinking_of, word
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

LIST_PATH = "/models"
CHAT_PATH = "/chat/completions"
# Where servers that are nearly OpenAI-like keep their entries and IDs.
CONTAINERS = (("data",), ("models",), ("result",), ("modelSummaries",), ("publisherModels",), ("items",))
IDS = ("id", "identifier", "model", "key", "model_id", "canonical_name", "model_group", "model_name", "name")
MAY_BE_BARE = False


def next_page(_envelope: Envelope, _entries: int) -> dict[str, str] | None:
    """The API has one page; what servers say beyond it, `more` knows."""
    return None


def message(model_id: str, prompt: str) -> dict[str, Any]:
    """One user message; no max_tokens, which reasoning models answer with nothing or an error."""
    return {"model": model_id, "messages": [{"role": "user", "content": prompt}]}


def said(answer: Any) -> ChatReply | None:
    """The first choice; its content may be text, parts, or nothing beside thinking, a refusal or a tool call."""
    choice = first(answer.get("choices")) if isinstance(answer, dict) else {}
    if not choice:
        return None
    reply = inside(choice, "message")
    content = reply.get("content")
    return ChatReply(
        text=text_of(content) or word(inside(reply, "audio").get("transcript")) or word(choice.get("text")),
        thinking=thinking_of(reply),
        refusal=word(reply.get("refusal")) or text_of(content, ("refusal",)),
        calls=calls_of(reply.get("tool_calls")) or calls_of(reply.get("function_call")),
        model=word(answer.get("model")) or None,
        stopped=word(choice.get("finish_reason")),
    )


def gathered(events: Sequence[Any]) -> Any:
    """The deltas of the first choice; an error that came between them stays."""
    objects = [each for each in events if isinstance(each, dict)]
    choices = [found for each in objects if (found := first(each.get("choices"))) and not found.get("index")]
    message = joined(inside(each, "delta") or inside(each, "message") for each in choices)
    choice = joined(picked(each, "finish_reason", "error", "text") for each in choices)
    rest = joined(picked(each, "error") for each in objects) | joined(picked(each, "model") for each in objects[:1])
    return rest | ({"choices": [choice | {"message": message}]} if choices else {})
