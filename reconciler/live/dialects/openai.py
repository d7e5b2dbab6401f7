"""The `openai` dialect, which most servers speak (platform.openai.com/docs/api-reference)."""

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


def said(answer: Any) -> Said | None:
    """The first choice; its content may be text, parts, or nothing beside a tool call."""
    choices = answer.get("choices") if isinstance(answer, dict) else None
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        return None
    reply = choices[0].get("message")
    content = reply.get("content") if isinstance(reply, dict) else None
    name = answer.get("model")
    return Said(text_of(content), name if isinstance(name, str) else None)


def text_of(content: Any) -> str:
    """Text, or the text of all parts that have some."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    texts = [part.get("text") for part in parts if isinstance(part, dict)]
    return "".join(text for text in texts if isinstance(text, str))
