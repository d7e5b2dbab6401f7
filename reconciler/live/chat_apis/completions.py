"""The chat completions API, which most servers have (platform.openai.com/docs/api-reference/chat)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reconciler.live.chat_apis.parts import calls_of, first, inside, joined, picked, text_of, thinking_of, word
from reconciler.live.dialect import ChatApi, ChatReply


def path(_base_url: str, _model_id: str) -> str:
    """Return the path of the chat, which is the same for all models."""
    return "/chat/completions"


def body(model_id: str, prompt: str) -> dict[str, Any]:
    """Return the request with one user message.

    The request has no max_tokens, because reasoning models could then return an empty answer or an error.
    """
    return {"model": model_id, "messages": [{"role": "user", "content": prompt}]}


def reply(answer: Any) -> ChatReply | None:
    """Return the answer in the first choice. Return None if there is no choice.

    The content may be text or a list of parts. The content may also be empty if the message has thinking, a refusal or
    a tool call.
    """
    choice = first(answer.get("choices")) if isinstance(answer, dict) else {}
    if not choice:
        return None
    message = inside(choice, "message")
    content = message.get("content")
    return ChatReply(
        text=text_of(content) or word(inside(message, "audio").get("transcript")) or word(choice.get("text")),
        thinking=thinking_of(message),
        refusal=word(message.get("refusal")) or text_of(content, ("refusal",)),
        calls=calls_of(message.get("tool_calls")) or calls_of(message.get("function_call")),
        model=word(answer.get("model")) or None,
        stopped=word(choice.get("finish_reason")),
    )


def join_events(events: Sequence[Any]) -> Any:
    """Return one response from the events of a stream. The deltas of the first choice are joined. An error is kept."""
    objects = [event for event in events if isinstance(event, dict)]
    choices = [choice for event in objects if (choice := first(event.get("choices"))) and not choice.get("index")]
    message = joined(inside(choice, "delta") or inside(choice, "message") for choice in choices)
    choice = joined(picked(part, "finish_reason", "error", "text") for part in choices)
    rest = joined(picked(event, "error") for event in objects) | joined(picked(one, "model") for one in objects[:1])
    return rest | ({"choices": [choice | {"message": message}]} if choices else {})


COMPLETIONS = ChatApi(path=path, body=body, reply=reply, join_events=join_events)
