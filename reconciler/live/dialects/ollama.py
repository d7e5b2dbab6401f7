"""The `ollama` dialect (github.com/ollama/ollama, docs/api.md)."""

from __future__ import annotations

from typing import Any

from reconciler.live.dialects.dialect import Said
from reconciler.live.modellist import id_of, items_of, listed
from reconciler.resources.catalog import ListedModel

LIST_PATH = "/api/tags"
CHAT_PATH = "/api/chat"


def items(page: Any) -> list[Any] | None:
    """`models`."""
    return items_of(page, ("models",))


def model(item: Any) -> ListedModel | None:
    """The ID is `model`, `name` in old versions; `capabilities` in new ones says the purpose."""
    return listed(id_of(item, ("model", "name")), item)


def next_page(_page: Any) -> dict[str, str] | None:
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
