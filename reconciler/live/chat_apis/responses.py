"""The responses API, which OpenAI and many gateways have (platform.openai.com/docs/api-reference/responses)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reconciler.live.chat_apis.parts import calls_of, inside, objects, picked, text_of, word
from reconciler.live.dialect import ChatApi, ChatReply

_CALLS = ("function_call", "custom_tool_call")


def path(_base_url: str, _model_id: str) -> str:
    """Return the path of the API, which is the same for all models."""
    return "/responses"


def body(model_id: str, prompt: str) -> dict[str, Any]:
    """Return the request with one user message. The request tells the server to store nothing."""
    return {"model": model_id, "input": [{"role": "user", "content": prompt}], "store": False}


def reply(answer: Any) -> ChatReply | None:
    """Return the answer in the items of the list `output`. Return None if there is no such list."""
    if not isinstance(answer, dict) or not isinstance(answer.get("output"), list):
        return None
    items = objects(answer["output"])
    parts = [part for item in items if item.get("type") == "message" for part in objects(item.get("content"))]
    thoughts = [part for item in items if item.get("type") == "reasoning" for part in _thoughts(item)]
    return ChatReply(
        text=text_of(parts),
        thinking=text_of(thoughts, ("summary_text", "reasoning_text")),
        refusal=text_of(parts, ("refusal",)),
        calls=calls_of([item for item in items if item.get("type") in _CALLS]),
        model=word(answer.get("model")) or None,
        stopped=word(inside(answer, "incomplete_details").get("reason")),
    )


def _thoughts(item: dict[str, Any]) -> list[dict[str, Any]]:
    return [*objects(item.get("summary")), *objects(item.get("content"))]


def join_events(events: Sequence[Any]) -> Any:
    """Return the last complete response in the events of a stream, or the last error.

    Each event about the state of the response holds the whole response.
    """
    found = [event for event in events if isinstance(event, dict)]
    whole = [inside(event, "response") for event in found if inside(event, "response")]
    errors = [picked(event, "error", "message") for event in found if event.get("type") == "error"]
    return whole[-1] if whole and not errors else errors[-1] if errors else {}


RESPONSES = ChatApi(path=path, body=body, reply=reply, join_events=join_events)
