"""The `ollama` dialect (github.com/ollama/ollama, docs/api.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from reconciler.live.chat_apis.completions import COMPLETIONS
from reconciler.live.chat_apis.messages import MESSAGES
from reconciler.live.chat_apis.parts import calls_of, inside, joined, thinking_of, word
from reconciler.live.chat_apis.responses import RESPONSES
from reconciler.live.dialect import ChatApi, ChatReply, DetailRequest, Dialect
from reconciler.live.lists.details import ReadDetails, details_of, read_details


def path(_base_url: str, _model_id: str) -> str:
    """Return the path of the chat, which is the same for all models."""
    return "/api/chat"


def body(model_id: str, prompt: str) -> dict[str, Any]:
    """Return the request with one user message, without streaming."""
    return {"model": model_id, "stream": False, "messages": [{"role": "user", "content": prompt}]}


def reply(answer: Any) -> ChatReply | None:
    """Return the answer in `message`: content, thinking and tool calls. Return None if there is no message."""
    message = inside(answer, "message")
    if not message:
        return None
    return ChatReply(
        text=word(message.get("content")),
        thinking=thinking_of(message),
        calls=calls_of(message.get("tool_calls")),
        model=word(answer.get("model")) or None,
        stopped=word(answer.get("done_reason")),
    )


def join_events(events: Sequence[Any]) -> Any:
    """Return one response from the events of a stream.

    The pieces of the message are joined. Of each other field, the last value is kept.
    """
    objects = [event for event in events if isinstance(event, dict)]
    rest = {name: event[name] for event in objects for name in ("model", "done_reason", "error") if name in event}
    message = joined(inside(event, "message") for event in objects)
    return rest | {"message": message} if message else rest


def below_v1(api: ChatApi) -> ChatApi:
    """Return one of OpenAI's APIs with its path below `/v1`. Ollama serves these APIs beside its own API."""
    return replace(api, path=lambda base_url, model_id: f"/v1{api.path(base_url, model_id)}")


def details(answer: Mapping[str, Any]) -> ReadDetails:
    """Return the context length and the capabilities in the response of `/api/show`."""
    info = inside(answer, "model_info")
    context = f"{word(info.get('general.architecture'))}.context_length"
    said = read_details([info], context=(context,), output=(), capabilities=None)
    capabilities = details_of({"capabilities": answer.get("capabilities")}).details.capabilities
    return ReadDetails(replace(said.details, capabilities=capabilities), said.is_odd)


DIALECT = Dialect(
    list_path="/api/tags",
    containers=(("models",),),
    ids=("model", "name"),  # old versions have only `name`
    chat=ChatApi(path=path, body=body, reply=reply, join_events=join_events),
    apis={
        "chat": below_v1(COMPLETIONS),
        "responses": below_v1(RESPONSES),
        "messages": MESSAGES,
    },
    detail_request=DetailRequest(path="/api/show", body=lambda model_id: {"model": model_id}, read=details),
    families=("ollama", "openai", "copilot"),
)
