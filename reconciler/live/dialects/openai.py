"""The `openai` dialect, which most servers speak (platform.openai.com/docs/api-reference)."""

from __future__ import annotations

from typing import Any

from reconciler.live.dialects.dialect import Said
from reconciler.live.modellist import id_of, items_of, listed
from reconciler.resources.catalog import ListedModel

LIST_PATH = "/models"
CHAT_PATH = "/chat/completions"


def items(page: Any) -> list[Any] | None:
    """`data`, or one of the places where servers that are nearly OpenAI-like keep it."""
    return items_of(page)


def model(item: Any) -> ListedModel | None:
    """A string, or an object with an ID somewhere."""
    return listed(id_of(item), item)


def next_page(_page: Any) -> dict[str, str] | None:
    """The list has one page."""
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
