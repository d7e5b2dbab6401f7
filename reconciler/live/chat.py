"""The exchange that sends one message to one model."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import Any

from reconciler import codes, safe_json
from reconciler.address import Api
from reconciler.codes import Code
from reconciler.live.auth_markers import reason_in
from reconciler.live.dialect import ChatApi, ChatReply
from reconciler.live.fault import Fault, contained
from reconciler.live.headers import headers_for
from reconciler.live.http.answer import Answer
from reconciler.live.http.client import HttpClient
from reconciler.live.http.limits import Bounds
from reconciler.live.http.threads import run
from reconciler.live.leak_check import carries
from reconciler.live.outcome import fault_of, gives_back, quoted
from reconciler.live.streams import Answering, events_of
from reconciler.live.target import Target
from reconciler.resources.urls import join, reached
from reconciler.text import printable
from reconciler.values import dataclass

_BOUNDS = Bounds(largest=4 * 1024 * 1024, head=0)  # of one answer to one message
_COMPLETIONS = "/chat/completions"
_WORDS = {
    codes.INVALID_API_KEY: "Invalid API key",
    codes.ENDPOINT_NOT_FOUND: "Endpoint not found",
    codes.UNREACHABLE: "The endpoint is unreachable",
    codes.RATE_LIMITED: "The endpoint is rate-limiting requests",
    codes.CHAT_NOT_SUPPORTED: "gwctl cannot chat with this endpoint",
    codes.NONSTANDARD_ANSWER: "The endpoint returned no chat answer",
}


@dataclass(frozen=True, kw_only=True)
class ChatAnswer:
    """The result of one message. `model` is the name in the answer. `note` is a remark about an answer without text."""

    ok: bool
    text: str = ""
    model: str | None = None
    code: Code | None = None
    http_status: int | None = None
    latency_ms: int | None = None
    summary: str = ""
    detail: str = ""
    hint: str = ""
    note: str = ""


def chat(target: Target, model_id: str, prompt: str, *, reach: str, api: Api | None = None) -> ChatAnswer:
    """Send one message and return the answer. The target's time-out applies.

    `reach` is the change to the base URL that led to the model list. If `api` is None, the dialect's own chat API is
    used.
    """
    protocol = target.dialect.apis.get(api) if api else target.dialect.chat
    if api and protocol is None:
        detail = f"gwctl cannot send a message through `{api}` with the dialect `{target.preset.dialect}`."
        return _failed(Fault(codes.CHAT_NOT_SUPPORTED, detail, f"correct `apis` under endpoints.{target.name}"))
    if protocol is None:
        hint = "use the vendor's own tools for this endpoint"
        detail = f"gwctl cannot send a message through the dialect `{target.preset.dialect}`."
        return _failed(Fault(codes.CHAT_NOT_SUPPORTED, detail, hint))
    if target.preset.chat_path is None:
        detail = f"The server of the preset `{target.preset.id}` has no chat API."
        return _failed(
            Fault(
                codes.CHAT_NOT_SUPPORTED, detail, "run `gwctl presets`, and choose the preset of a server that can chat"
            )
        )
    protocol = replace(protocol, path=partial(_path, target, protocol, api))
    return run(_within_timeout(target, protocol, model_id=model_id, prompt=prompt, reach=reach))


def _path(target: Target, protocol: ChatApi, api: Api | None, base_url: str, model_id: str) -> str:
    """Return the path of the chat API below the base URL.

    If the preset has its own path for chat completions, the paths of the other APIs have the same beginning.
    """
    own = target.preset.chat_path
    if not own or not (api in (None, target.dialect.own_api) or own.endswith(_COMPLETIONS)):
        return protocol.path(base_url, model_id)
    if api in (None, target.dialect.own_api):
        return own
    beside = own.removesuffix(_COMPLETIONS)
    return f"{beside}{protocol.path(beside, model_id)}"


async def _within_timeout(target: Target, api: ChatApi, model_id: str, prompt: str, reach: str) -> ChatAnswer:
    loop = asyncio.get_running_loop()
    began = loop.time()
    try:
        async with asyncio.timeout(target.timeout):
            deadline = began + target.timeout
            result = await contained(_asked(target, api, message=(reach, model_id, prompt), deadline=deadline))
    except TimeoutError:
        hint = f"set a larger `timeout` under endpoints.{target.name} if the model is slow"
        return _failed(Fault(codes.UNREACHABLE, f"No complete answer within {target.timeout:g} s.", hint))
    except Fault as fault:
        return _failed(fault)
    return replace(result, latency_ms=round((loop.time() - began) * 1000))


async def _asked(target: Target, api: ChatApi, message: tuple[str, str, str], deadline: float) -> ChatAnswer:
    reach, model_id, prompt = message
    base_url = reached(target.base_url, reach)
    url = join(base_url, api.path(base_url, model_id))
    headers, body = headers_for(target, url), api.body(model_id, prompt)
    answerings: list[Answering] = []

    def begin() -> Answering:
        answerings.append(Answering())
        return answerings[-1]

    async with HttpClient() as door:
        answer = await door.send(
            "POST", url, headers=headers, deadline=deadline, route=target.route, body=body, bounds=_BOUNDS, taker=begin
        )
    return _read(target, api, replace(answer, body=bytes(answerings[-1].data)) if answer.is_success else answer)


def _read(target: Target, api: ChatApi, answer: Answer) -> ChatAnswer:
    if not answer.is_success:
        return _failed(_about_the_model(target, fault_of(target, answer), answer), answer.status)
    document = _given(api, answer.body)
    reply = api.reply(document)
    if reply is None or not reply.is_answer:
        return _failed(_no_answer(target, answer, document, reply), answer.status)
    if carries(f"{reply.text} {reply.thinking} {reply.refusal} {reply.calls} {reply.model}", target.keys):
        fault = Fault(
            codes.NONSTANDARD_ANSWER, "The answer contains a key and is not shown.", "do not send keys to this server"
        )
        return _failed(fault, answer.status)
    return ChatAnswer(
        ok=True, text=reply.text or reply.refusal, model=reply.model, http_status=answer.status, note=_note(reply)
    )


def _given(api: ChatApi, body: bytes) -> Any:
    """Return the response as one JSON document, also if the server sent a stream. Return None for other data."""
    try:
        return safe_json.loads(body)
    except ValueError:
        events = events_of(body)
        return api.join_events(events) if events else None


def _note(reply: ChatReply) -> str:
    """Return a remark about an answer without text. Return "" if the answer has text."""
    if reply.text.strip():
        return ""
    if reply.refusal.strip():
        return "The model refused to answer"
    if reply.calls:
        return f"The model called a tool instead of answering: {printable(', '.join(reply.calls), 80)}"
    return "The model returned only its reasoning, without an answer"


def _no_answer(target: Target, answer: Answer, document: Any, reply: ChatReply | None) -> Fault:
    """Return the fault of a successful response without an answer. The fault includes the server's reason, if known."""
    hint = "check that the model is a chat model"
    why = reason_in(document)
    if reply is not None and not why:
        is_shown = reply.stopped and not gives_back(target, reply.stopped)
        stopped = f": the model stopped because of `{printable(reply.stopped, 40)}`" if is_shown else ""
        used_up = reply.stopped.lower() in ("length", "max_tokens")
        hint = "try another model: the model used all its output tokens before it answered" if used_up else hint
        return Fault(codes.NONSTANDARD_ANSWER, f"The answer is empty{stopped}.", hint)
    words = quoted(target, answer)
    if not why:
        return Fault(codes.NONSTANDARD_ANSWER, words or "The response is empty.", hint)
    quote = f": {words}" if words else "."
    return Fault(codes.NONSTANDARD_ANSWER, f"The server returned HTTP {answer.status} with an error{quote}")


def _about_the_model(target: Target, fault: Fault, answer: Answer) -> Fault:
    """Return a fault about the model if chat returns HTTP 404 or 405.

    The base URL is right, because the list was found.
    """
    if fault.code == codes.ENDPOINT_NOT_FOUND:
        quote = quoted(target, answer)
        return Fault(
            codes.ENDPOINT_NOT_FOUND, f"HTTP {answer.status}: {quote}", "check that the model exists: `gwctl models`"
        )
    return fault


def _failed(fault: Fault, status: int | None = None) -> ChatAnswer:
    summary = _WORDS.get(fault.code, "The model did not answer")
    return ChatAnswer(
        ok=False, code=fault.code, http_status=status, summary=summary, detail=fault.detail, hint=fault.hint
    )
