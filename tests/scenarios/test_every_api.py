"""`test --chat` sends one message to a model, `test --chat=all` one through each of its APIs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.scripted import Reply

GATEWAY = "version: 1\nname: acme\nendpoints:\n  it: {{preset: {preset}, base_url: '{url}'{more}}}\n"
CHAT = {"choices": [{"message": {"content": "hi"}}], "model": "m"}
RESPONSE = {
    "output": [
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]},
        {"type": "message", "content": [{"type": "output_text", "text": "hi"}]},
    ],
    "model": "m",
}
MESSAGE = {"content": [{"type": "text", "text": "hi"}], "model": "m"}
EVERY = {"/chat/completions": CHAT, "/responses": RESPONSE, "/v1/messages": MESSAGE}


def served(server: Any, paths: dict[str, Any]) -> None:
    server.lists("m")
    for path, body in paths.items():
        server.routes[path] = Reply(body=body)


def write(gwctl: Any, server: Any, preset: str = "litellm", more: str = "", url: str = "") -> None:
    gwctl.write(GATEWAY.format(preset=preset, url=url or server.url, more=more))


def chats(gwctl: Any, *words: str, code: int = 0) -> list[tuple[str | None, bool]]:
    document = gwctl("test", *words, "--format", "json", code=code).json
    return [(each["api"], each["ok"]) for each in document["chat"]]


def sent(server: Any) -> list[str]:
    return [each.path for each in server.requests if each.method == "POST" and each.path != "/api/show"]


def test_one_api_or_all_of_them(gwctl, server) -> None:
    served(server, EVERY)
    write(gwctl, server)
    assert chats(gwctl, "--chat") == [("chat", True)]
    assert sent(server) == ["/chat/completions"]
    assert chats(gwctl, "--chat=all") == [("chat", True), ("responses", True), ("messages", True)]
    assert sent(server)[1:] == ["/chat/completions", "/responses", "/v1/messages"]
    assert json.loads(server.asked("/responses")[0].body)["store"] is False


def test_the_word_after_chat_is_an_endpoint(gwctl, server) -> None:
    served(server, EVERY)
    write(gwctl, server)
    assert chats(gwctl, "--chat", "it") == [("chat", True)]
    assert "`all`" in gwctl("test", "--chat", "all", code=1).err
    gwctl("test", "--chat=some", code=1)
    assert "API" in gwctl("test", "--chat=all").out


def test_an_api_that_is_not_served_is_said_with_the_line_to_correct(gwctl, server) -> None:
    served(server, {"/chat/completions": CHAT})
    write(gwctl, server)
    assert chats(gwctl, "--chat=all", code=1) == [("chat", True), ("responses", False), ("messages", False)]
    assert "endpoints.it.apis" in gwctl("test", "--chat=all", code=1).err


def test_the_apis_of_the_file_are_tried_and_no_others(gwctl, server) -> None:
    served(server, EVERY)
    write(gwctl, server, more=", apis: [messages]")
    assert chats(gwctl, "--chat") == [("messages", True)]
    assert chats(gwctl, "--chat=all") == [("messages", True)]
    write(gwctl, server, more=", models: [{id: m, apis: [responses]}]")
    assert chats(gwctl, "--chat=all") == [("responses", True)]
    assert gwctl("chat", "it/m", "hello").out.strip() == "hi"
    assert sent(server)[-1] == "/responses"


@pytest.mark.parametrize(
    ("preset", "prefix", "paths"),
    [
        ("openai", "/v1", {"/v1/chat/completions": CHAT, "/v1/responses": RESPONSE, "/v1/messages": MESSAGE}),
        ("lmstudio", "", {"/v1/chat/completions": CHAT, "/v1/responses": RESPONSE, "/v1/messages": MESSAGE}),
        ("ollama", "", {"/api/chat": {"message": {"content": "hi"}}, "/v1/chat/completions": CHAT}),
        ("anthropic", "", {"/v1/messages": MESSAGE}),
    ],
)
def test_each_api_is_where_its_servers_have_it(gwctl, server, preset: str, prefix: str, paths: dict[str, Any]) -> None:
    served(server, paths)
    for path in ("/v1/models", "/api/v0/models"):
        server.lists("m", path=path)
    server.routes["/api/tags"] = Reply(body={"models": [{"model": "m"}]})
    every = {"ollama": "[chat]", "anthropic": "[messages]"}.get(preset, "[chat, responses, messages]")
    write(gwctl, server, preset, f", apis: {every}, key: {{env: K}}", server.url + prefix)
    gwctl.environ["K"] = "quokka-7351-zebra"
    assert all(ok for _, ok in chats(gwctl, "--chat=all"))
    assert sorted(sent(server)) == sorted(paths)


def test_an_api_that_the_dialect_cannot_send_is_said(gwctl, server) -> None:
    server.routes["/models"] = Reply(body={"models": [{"name": "models/gemini-pro"}]})
    server.routes["/models/gemini-pro:generateContent"] = Reply(
        body={"candidates": [{"content": {"parts": [{"text": "hi"}]}}]}
    )
    gwctl.environ["K"] = "quokka-7351-zebra"
    write(gwctl, server, "gemini", ", apis: [chat], key: {env: K}")
    assert chats(gwctl, "--chat=all", code=1) == [(None, True), ("chat", False)]
    assert "CHAT_NOT_SUPPORTED" in gwctl("test", "--chat=all", "--format", "json", code=1).out


STREAM = (
    'event: response.created\ndata: {"type": "response.created", "response": {"output": []}}\n\n'
    'event: response.output_text.delta\ndata: {"type": "response.output_text.delta", "delta": "h"}\n\n'
    'event: response.completed\ndata: {"type": "response.completed", "response": %s}\n\n'
)


def test_a_stream_of_the_responses_api_is_read(gwctl, server) -> None:
    served(server, {"/responses": STREAM.replace("%s", json.dumps(RESPONSE))})
    write(gwctl, server, more=", apis: [responses]")
    assert gwctl("chat", "it/m", "hello").out.strip() == "hi"


@pytest.mark.parametrize(
    "body",
    [
        {"output": []},
        {"output": None},
        {"output": [{"type": "message", "content": [{"type": "output_text", "text": " "}]}]},
        {"error": {"message": "no such thing"}},
        {"output": [7, {"type": "message", "content": "text"}, {"type": "reasoning", "summary": 5}]},
    ],
)
def test_an_answer_without_content_is_none(gwctl, server, body: Any) -> None:
    served(server, {"/responses": body})
    write(gwctl, server, more=", apis: [responses]")
    assert chats(gwctl, "--chat", code=1) == [("responses", False)]
