"""The answers that count, in every dialect that chats, whole or as an unrequested stream."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.live.chat import ChatAnswer, chat
from reconciler.live.dialect import dialect_of
from reconciler.live.target import Target
from reconciler.presets.dialects import DIALECTS
from reconciler.presets.preset import Preset
from reconciler.secrets.key import Key
from tests.support.scripted import Reply, ScriptedServer

KEY = "quokka-7351-zebra-fjord"
PATHS = (
    "/chat/completions",
    "/v1/messages",
    "/api/chat",
    "/models/m:generateContent",
    "/publishers/google/models/m:generateContent",
    "/model/m/converse",
)
CHATTING = [name for name in DIALECTS if dialect_of(name).chat]


def ask(
    server: ScriptedServer, dialect: str, body: Any, status: int = 200, kind: str = "application/json"
) -> ChatAnswer:
    project = "/v1/projects/p/locations/l" if dialect == "vertex" else ""
    for path in PATHS:
        server.routes[project + path] = Reply(status=200, body=body, headers={"Content-Type": kind})
    preset = Preset(id="", key="optional", dialect=dialect)
    return chat(
        Target(name="it", base_url=server.url + project, preset=preset, headers=(), timeout=20.0, key=Key(KEY)),
        "m",
        "hello",
        reach="",
    )


def openai(**message: Any) -> dict[str, Any]:
    return {"model": "other", "choices": [{"message": message, "finish_reason": "stop"}]}


def anthropic(*blocks: Any, **more: Any) -> dict[str, Any]:
    return {"model": "other", "content": list(blocks), **more}


CALL = {"function": {"name": "search", "arguments": "{}"}}
ANSWERS: list[tuple[str, Any, str, str]] = [
    ("openai", openai(content="hi"), "hi", ""),
    ("openai", openai(content=[{"type": "text", "text": "h"}, {"type": "text", "text": "i"}]), "hi", ""),
    ("openai", openai(content=None, refusal="I will not."), "I will not.", "refused"),
    ("openai", openai(content=[{"type": "refusal", "refusal": "No."}]), "No.", "refused"),
    ("openai", openai(content=None, tool_calls=[CALL]), "", "called a tool instead of answering: search"),
    ("openai", openai(content=None, function_call={"name": "search"}), "", "called a tool"),
    ("openai", openai(content="", reasoning_content="hm"), "", "only its reasoning, without an answer"),
    ("openai", openai(content=None, reasoning="hm"), "", "only its reasoning, without an answer"),
    ("openai", openai(content=[{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}]), "", "reasoning"),
    ("openai", openai(content="hi", reasoning="hm"), "hi", ""),
    ("openai", openai(audio={"transcript": "hi"}), "hi", ""),
    ("openai", {"choices": [{"text": "hi"}]}, "hi", ""),
    ("cloudflare", openai(content="hi"), "hi", ""),
    ("anthropic", anthropic({"type": "text", "text": "hi"}), "hi", ""),
    ("anthropic", anthropic({"type": "thinking", "thinking": "hm"}), "", "reasoning"),
    ("anthropic", anthropic({"type": "tool_use", "name": "search"}), "", "called a tool instead of answering: search"),
    ("anthropic", anthropic(stop_reason="refusal"), "The model refused.", "refused"),
    ("ollama", {"model": "other", "message": {"content": "hi"}}, "hi", ""),
    ("ollama", {"message": {"content": "", "thinking": "hm"}}, "", "reasoning"),
    ("ollama", {"message": {"content": "", "tool_calls": [CALL]}}, "", "called a tool"),
]


@pytest.mark.parametrize(("dialect", "body", "text", "note"), ANSWERS)
def test_text_thinking_a_refusal_or_a_call_is_an_answer(server, dialect: str, body: Any, text: str, note: str) -> None:
    answer = ask(server, dialect, body)
    assert (answer.ok, answer.text) == (True, text), answer
    assert note in answer.note if note else not answer.note


EMPTY: list[tuple[str, Any, str]] = [
    ("openai", {"choices": [{}]}, "choices"),
    ("openai", {"choices": []}, "choices"),
    ("openai", openai(content=None), "The answer is empty: the model stopped because of `stop`"),
    ("openai", openai(content=""), "The answer is empty"),
    ("openai", openai(content="  \n"), "The answer is empty"),
    ("openai", openai(content=[]), "The answer is empty"),
    ("openai", {"choices": [{"message": None, "finish_reason": "content_filter"}]}, "`content_filter`"),
    ("openai", {"choices": [{"error": {"message": "upstream is down", "code": 502}}]}, "upstream is down"),
    ("openai", {"choices": [{"message": {"content": None, "error": "out of credit"}}]}, "out of credit"),
    ("openai", {"choices": [{"message": {"content": ""}}], "error": {"message": "no capacity"}}, "no capacity"),
    ("openai", {"error": {"message": "no such model"}}, "no such model"),
    ("openai", {"error": "no such model"}, "no such model"),
    ("openai", {"detail": [{"msg": "field required"}]}, "field required"),
    ("openai", [], "[]"),
    ("openai", "7", "7"),
    ("openai", "", "The response is empty"),
    ("anthropic", anthropic(), "The answer is empty"),
    ("anthropic", anthropic({"type": "text", "text": ""}), "The answer is empty"),
    ("anthropic", {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, "Overloaded"),
    ("ollama", {"message": {"content": ""}, "done_reason": "load"}, "`load`"),
    ("ollama", {"error": "model not found"}, "model not found"),
    ("ollama", {"message": {}}, "message"),
]


@pytest.mark.parametrize(("dialect", "body", "words"), EMPTY)
def test_the_shape_alone_is_no_answer_and_the_body_says_why(server, dialect: str, body: Any, words: str) -> None:
    """OmniRoute#7000."""
    answer = ask(server, dialect, body)
    assert (answer.ok, answer.code, words in answer.detail) == (False, "NONSTANDARD_ANSWER", True), answer


@pytest.mark.parametrize("dialect", CHATTING)
@pytest.mark.parametrize(
    "body",
    [
        {"choices": [{}]},
        {"content": None},
        {"message": None},
        {"content": [7]},
        {"candidates": [7, {"content": {"parts": {"text": "hi"}}}]},
        {"candidates": [{"content": {"parts": [7, {"text": 7, "thought": "hm"}]}, "finishReason": 7}]},
        {"promptFeedback": {"blockReason": {"a": 1}}},
        {"output": {"message": {"content": {"text": "hi"}}}},
        {"output": {"message": {"content": [7, {"text": 7, "reasoningContent": 7}]}}, "stopReason": ["x"]},
        {},
        None,
    ],
)
def test_no_dialect_takes_nothing_for_an_answer(server, dialect: str, body: Any) -> None:
    assert not ask(server, dialect, body).ok


def sse(*events: Any, end: str = "data: [DONE]\n\n") -> bytes:
    return ("".join(f"data: {json.dumps(event)}\n\n" for event in events) + end).encode()


def delta(**fields: Any) -> dict[str, Any]:
    return {"model": "other", "choices": [{"index": 0, "delta": fields}]}


ANTHROPIC = [
    {"type": "message_start", "message": {"model": "other", "content": []}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "h"}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "i"}},
    {"type": "content_block_stop", "index": 0},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}},
    {"type": "message_stop"},
]
GOOGLE = [
    {"candidates": [{"content": {"parts": [{"text": "hm", "thought": True}]}}], "modelVersion": "other"},
    {"candidates": [{"content": {"parts": [{"text": "h"}]}}], "modelVersion": "other"},
    {"candidates": [{"content": {"parts": [{"text": "i"}]}, "finishReason": "STOP"}], "modelVersion": "other"},
    {"usageMetadata": {"totalTokenCount": 5}, "modelVersion": "other"},
]
LINES = [{"model": "other", "message": {"role": "assistant", "content": each}, "done": False} for each in "hi"]
STREAMS: list[tuple[str, bytes]] = [
    ("openai", sse(delta(role="assistant", content=""), delta(content="h"), delta(content="i"), delta())),
    ("openai", b": keep-alive\n\nevent: x\n" + sse(delta(content="hi"), end="")),
    ("openai", sse(delta(content="hi"), end="").replace(b"\n", b"\r\n")),
    ("openai", sse({"choices": []}, delta(content="hi"), {"choices": [], "usage": {}})),
    ("openai", sse(delta(content="hi"), end="data: {cut")),
    ("cloudflare", sse(delta(content="h"), delta(content="i"))),
    ("anthropic", sse(*ANTHROPIC, end="")),
    ("ollama", "\n".join(map(json.dumps, [*LINES, {"message": {"content": ""}, "done": True}])).encode()),
    ("ollama", sse(*LINES)),
    ("gemini", sse(*GOOGLE, end="")),
    ("vertex", sse(*GOOGLE, end="").replace(b"\n", b"\r\n")),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "body"), STREAMS)
@pytest.mark.parametrize("kind", ["text/event-stream", "application/x-ndjson", "application/json"])
def test_a_stream_that_nobody_asked_for_is_read(server, dialect: str, body: bytes, kind: str) -> None:
    answer = ask(server, dialect, body, kind=kind)
    assert (answer.ok, answer.text, answer.note) == (True, "hi", ""), answer


@pytest.mark.parametrize(
    ("dialect", "body", "words"),
    [
        ("openai", sse(delta(role="assistant"), {"error": {"message": "upstream is down"}}), "upstream is down"),
        ("openai", sse({"choices": [{"delta": {}, "error": {"message": "no credit"}}]}), "no credit"),
        ("openai", sse(), "[DONE]"),
        ("anthropic", sse(ANTHROPIC[0], {"type": "error", "error": {"message": "Overloaded"}}, end=""), "Overloaded"),
        ("ollama", b'{"message": {"content": ""}}\n{"error": "out of memory"}\n', "out of memory"),
        ("gemini", sse({"error": {"code": 503, "message": "The model is overloaded."}}, end=""), "overloaded"),
        ("bedrock", b'{"message": "Too long."}\n{"message": "Too long."}\n', "Too long."),
    ],
)
def test_an_error_in_a_stream_is_its_reason(server, dialect: str, body: bytes, words: str) -> None:
    answer = ask(server, dialect, body)
    assert (answer.ok, words in answer.detail) == (False, True), answer


def test_a_stream_that_stays_open_after_its_end_is_not_waited_for(server) -> None:
    body = sse(delta(content="hi"))
    server.routes["/chat/completions"] = Reply(body=body, headers={"Content-Length": str(len(body) + 10)})
    preset = Preset(id="", key="optional")
    answer = chat(
        Target(name="it", base_url=server.url, preset=preset, headers=(), timeout=20.0, key=None),
        "m",
        "hello",
        reach="",
    )
    assert (answer.ok, answer.text) == (True, "hi"), answer


def test_an_answer_of_thousands_of_pieces_is_put_together(server) -> None:
    answer = ask(server, "openai", sse(*(delta(content="word ") for _ in range(20_000))))
    assert answer.text == "word " * 20_000


def test_no_answer_is_larger_than_4_mib(server) -> None:
    answer = ask(server, "openai", openai(content="x" * 5_000_000))
    assert (answer.ok, "larger than 4 MiB" in answer.detail) == (False, True)


@pytest.mark.parametrize("where", ["content", "refusal", "reasoning"])
def test_an_answer_that_holds_the_key_is_not_shown(server, where: str) -> None:
    answer = ask(server, "openai", openai(**{where: f"you said {KEY}"}))
    assert (answer.ok, "quokka" in repr(answer)) == (False, False)
    answer = ask(server, "openai", {"choices": [{"error": {"message": f"bad {KEY[2:14]}"}}]})
    assert (answer.ok, KEY[2:10] in repr(answer)) == (False, False)
