"""The `anthropic` dialect (docs.anthropic.com/en/api/models-list, /messages)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.address import Purpose
from reconciler.live.dialects.dialect import ChatReply, Envelope
from reconciler.live.lists.shapes import calls_of, inside, joined, picked, text_of, word

LIST_PATH = "/v1/models?limit=1000"
CHAT_PATH = "/v1/messages"
CONTAINERS = (("data",),)
IDS = ("id",)
MAY_BE_BARE = False
_MAX_TOKENS = 1024  # the API wants a number


def purpose(_entry: Mapping[str, Any], _model_id: str) -> tuple[Purpose, str]:
    """All that is listed is for chat."""
    return "chat", "dialect"


def next_page(envelope: Envelope, _entries: int) -> dict[str, str] | None:
    """`has_more` and `last_id`."""
    last = envelope.get("last_id")
    return {"after_id": last} if envelope.get("has_more") is True and isinstance(last, str) else None


def message(model_id: str, prompt: str) -> dict[str, Any]:
    """One user message."""
    return {"model": model_id, "max_tokens": _MAX_TOKENS, "messages": [{"role": "user", "content": prompt}]}


def said(answer: Any) -> ChatReply | None:
    """The content blocks by their kind."""
    if not isinstance(answer, dict) or not isinstance(answer.get("content"), list):
        return None
    blocks = [each for each in answer["content"] if isinstance(each, dict)]
    stopped = word(answer.get("stop_reason"))
    return ChatReply(
        text=text_of(blocks),
        thinking=text_of(blocks, ("thinking",)),
        refusal="The model refused." if stopped == "refusal" else "",
        calls=calls_of([each for each in blocks if each.get("type") in ("tool_use", "server_tool_use")]),
        model=word(answer.get("model")) or None,
        stopped=stopped,
    )


def gathered(events: Sequence[Any]) -> Any:
    """The blocks, each begun by one event and filled by those after it."""
    objects = [each for each in events if isinstance(each, dict)]
    blocks: list[list[dict[str, Any]]] = []
    for event in objects:
        if event.get("type") == "content_block_start":
            blocks.append([inside(event, "content_block")])
        if event.get("type") == "content_block_delta" and blocks:
            blocks[-1].append(picked(inside(event, "delta"), "text", "thinking"))
    rest = joined(
        picked(inside(each, "message"), "model") | picked(inside(each, "delta"), "stop_reason") | picked(each, "error")
        for each in objects
    )
    return rest | {"content": list(map(joined, blocks))} if blocks else rest
