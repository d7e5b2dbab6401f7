"""The messages API, which Anthropic and many gateways have (docs.anthropic.com/en/api/messages)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reconciler.live.chat_apis.parts import calls_of, inside, joined, picked, text_of, word
from reconciler.live.dialect import ChatApi, ChatReply

_MAX_TOKENS = 1024  # the API requires `max_tokens`


def path(base_url: str, _model_id: str) -> str:
    """Return the path of the chat, which is the same for all models. The base URL may already end with `/v1`."""
    return "/messages" if base_url.endswith("/v1") else "/v1/messages"


def body(model_id: str, prompt: str) -> dict[str, Any]:
    """Return the request with one user message."""
    return {"model": model_id, "max_tokens": _MAX_TOKENS, "messages": [{"role": "user", "content": prompt}]}


def reply(answer: Any) -> ChatReply | None:
    """Return the answer in the content blocks. Return None if there are no content blocks."""
    if not isinstance(answer, dict) or not isinstance(answer.get("content"), list):
        return None
    blocks = [block for block in answer["content"] if isinstance(block, dict)]
    stopped = word(answer.get("stop_reason"))
    return ChatReply(
        text=text_of(blocks),
        thinking=text_of(blocks, ("thinking",)),
        refusal="The model refused." if stopped == "refusal" else "",
        calls=calls_of([block for block in blocks if block.get("type") in ("tool_use", "server_tool_use")]),
        model=word(answer.get("model")) or None,
        stopped=stopped,
    )


def join_events(events: Sequence[Any]) -> Any:
    """Return one response from the events of a stream.

    A start event begins a block, and delta events add to the block.
    """
    objects = [event for event in events if isinstance(event, dict)]
    blocks: list[list[dict[str, Any]]] = []
    for event in objects:
        if event.get("type") == "content_block_start":
            blocks.append([inside(event, "content_block")])
        if event.get("type") == "content_block_delta" and blocks:
            blocks[-1].append(picked(inside(event, "delta"), "text", "thinking"))
    rest = joined(map(_envelope, objects))
    return rest | {"content": list(map(joined, blocks))} if blocks else rest


def _envelope(event: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of an event that are not content: model, stop reason and error."""
    message, delta = inside(event, "message"), inside(event, "delta")
    return picked(message, "model") | picked(delta, "stop_reason") | picked(event, "error")


MESSAGES = ChatApi(path=path, body=body, reply=reply, join_events=join_events)
