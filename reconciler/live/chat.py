"""One message through one model."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import cast

from reconciler import jsontext
from reconciler.live.addressing import join, reached
from reconciler.live.dialects.dialect import ChatDialect
from reconciler.live.dialects.registry import CHATS
from reconciler.live.echo import carries
from reconciler.live.fault import Fault, contained
from reconciler.live.headers import headers_for
from reconciler.live.http import Answer, Door, run
from reconciler.live.outcome import fault_of, quoted
from reconciler.live.refusal import has_auth_marker
from reconciler.live.target import Target

_WORDS = {
    "INVALID_API_KEY": "Invalid API key",
    "ENDPOINT_NOT_FOUND": "Endpoint not found",
    "UNREACHABLE": "The endpoint could not be reached",
    "RATE_LIMITED": "The endpoint is limiting",
    "CHAT_NOT_SUPPORTED": "gwctl cannot chat with this kind of endpoint",
    "NONSTANDARD_ANSWER": "No chat answer came back",
}


@dataclass(frozen=True)
class ChatAnswer:
    """What a message came to; `model` is the one that the answer names."""

    ok: bool
    text: str = ""
    model: str | None = None
    code: str | None = None
    http_status: int | None = None
    latency_ms: int | None = None
    summary: str = ""
    detail: str = ""
    hint: str = ""


def chat(target: Target, model_id: str, prompt: str, reach: str) -> ChatAnswer:
    """Send one message within the target's time-out; `reach` is the prefix that listed."""
    dialect = CHATS.get(target.preset.dialect)
    if dialect is None:
        hint = "call it with the vendor's own tools"
        return _failed(Fault("CHAT_NOT_SUPPORTED", f"Its dialect is `{target.preset.dialect}`.", hint))
    return cast("ChatAnswer", run(_within_timeout(target, dialect, model_id, prompt, reach)))


async def _within_timeout(target: Target, dialect: ChatDialect, model_id: str, prompt: str, reach: str) -> ChatAnswer:
    loop = asyncio.get_running_loop()
    began = loop.time()
    url = join(reached(target.base_url, reach), target.preset.chat_path or dialect.CHAT_PATH)
    try:
        async with asyncio.timeout(target.timeout):
            deadline = began + target.timeout
            found = await contained(_asked(target, dialect, url, (model_id, prompt), deadline))
    except TimeoutError:
        hint = f"a slow model needs a larger `timeout` under endpoints.{target.name}"
        return _failed(Fault("UNREACHABLE", f"No complete answer within {target.timeout:g} s.", hint))
    except Fault as fault:
        return _failed(fault)
    return replace(found, latency_ms=round((loop.time() - began) * 1000))


async def _asked(
    target: Target, dialect: ChatDialect, url: str, message: tuple[str, str], deadline: float
) -> ChatAnswer:
    headers, body = headers_for(target, url), dialect.message(*message)
    async with Door() as door:
        return _read(target, dialect, await door.send("POST", url, headers, deadline, target.route, body))


def _read(target: Target, dialect: ChatDialect, answer: Answer) -> ChatAnswer:
    if not 200 <= answer.status < 300:
        fault = fault_of(target, answer, has_auth_marker(answer.body))
        return _failed(_about_the_model(target, fault, answer), answer.status)
    try:
        said = dialect.said(jsontext.loads(answer.body))
    except ValueError:
        said = None
    if said is None:
        return _failed(Fault("NONSTANDARD_ANSWER", quoted(target, answer), "is that a chat model?"), answer.status)
    if carries(f"{said.text} {said.model}", target.keys):
        fault = Fault("NONSTANDARD_ANSWER", "It holds a key, and is not shown.", "do not trust this server with it")
        return _failed(fault, answer.status)
    return ChatAnswer(True, said.text, said.model, http_status=answer.status)


def _about_the_model(target: Target, fault: Fault, answer: Answer) -> Fault:
    """Where the list is found, a 404 or 400 on chat is about the model."""
    if fault.code == "ENDPOINT_NOT_FOUND":
        said = quoted(target, answer)
        return Fault(
            "ENDPOINT_NOT_FOUND", f"HTTP {answer.status}: {said}", "is the model there? `gwctl models` lists them"
        )
    return fault


def _failed(fault: Fault, status: int | None = None) -> ChatAnswer:
    summary = _WORDS.get(fault.code, "The model did not answer")
    return ChatAnswer(False, code=fault.code, http_status=status, summary=summary, detail=fault.detail, hint=fault.hint)
