"""The dialects that put the model into the path, through the command: plan, apply, test, chat."""

from __future__ import annotations

import json

import pytest

from tests.support.scripted import Reply

KEY = "quokka-7351-zebra"
GEMINI = {"candidates": [{"content": {"parts": [{"text": "hi there"}]}}], "modelVersion": "gemini-2.5-flash"}
ARN = "arn:aws:bedrock:eu-central-1:111122223333:inference-profile/eu.amazon.nova-lite-v1:0"
PROJECT = "/v1/projects/acme-1/locations/europe-west4"


@pytest.fixture
def acme(gwctl):
    gwctl.environ["K"] = KEY
    return gwctl


def gateway(preset: str, url: str, more: str = "") -> str:
    return (
        "version: 1\nname: acme\nendpoints:\n"
        f"  it: {{preset: {preset}, base_url: '{url}', key: {{env: K}}, timeout: 5s{more}}}\n"
    )


def test_gemini_lists_and_chats(acme, server) -> None:
    methods = {"supportedGenerationMethods": ["generateContent"]}
    server.routes["/v1beta/models"] = Reply(body={"models": [{"name": "models/gemini-2.5-flash", **methods}]})
    server.routes["/v1beta/models/gemini-2.5-flash:generateContent"] = Reply(body=GEMINI)
    acme.write(gateway("gemini", f"{server.url}/v1beta"))
    acme("apply", "--auto-approve", "--allow-host", "it")
    result = acme("test", "--chat", "--format", "json").json["chat"][0]
    assert (result["address"], result["ok"]) == ("model.it/models/gemini-2.5-flash", True)
    assert acme("chat", "hello").out.strip().endswith("hi there")
    chats = server.asked("/v1beta/models/gemini-2.5-flash:generateContent")
    assert [request.headers["x-goog-api-key"] for request in chats] == [KEY, KEY]


def test_a_blocked_prompt_is_an_answer_with_a_note(acme, server) -> None:
    server.routes["/v1beta/models"] = Reply(body={"models": [{"name": "models/g"}]})
    server.routes["/v1beta/models/g:generateContent"] = Reply(body={"promptFeedback": {"blockReason": "SAFETY"}})
    acme.write(gateway("gemini", f"{server.url}/v1beta"))
    result = acme("chat", "it/models/g", "hello", "--allow-host", "it")
    assert "The prompt was blocked (SAFETY)." in result.out
    assert "The model refused to answer" in result.err


def test_vertex_lists_beside_the_project_and_chats_below_it(acme, server) -> None:
    name = "publishers/google/models/gemini-2.5-pro"
    server.routes["/v1beta1/publishers/google/models"] = Reply(body={"publisherModels": [{"name": name}]})
    server.routes[f"{PROJECT}/{name}:generateContent"] = Reply(body=GEMINI)
    acme.write(gateway("vertex", server.url + PROJECT))
    assert "connected, 1 model" in acme("test", "--chat", "--allow-host", "it").out
    (request,) = server.asked(f"{PROJECT}/{name}:generateContent")
    assert request.headers["authorization"] == f"Bearer {KEY}"


def test_a_server_without_a_list_is_tested_by_its_chat(acme, server) -> None:
    server.default = Reply(body={"output": {"message": {"content": [{"text": "hi"}]}}, "stopReason": "end_turn"})
    acme.write(gateway("bedrock-converse", server.url, f", discover: false, models: ['{ARN}']"))
    chat = acme("test", "--chat", "--format", "json", "--allow-host", "it").json["chat"]
    assert [(answer["address"], answer["ok"]) for answer in chat] == [(f"model.it/{ARN}", True)]
    (request,) = server.requests
    assert request.path == f"/model/{ARN.replace(':', '%3A').replace('/', '%2F')}/converse"
    assert json.loads(request.body) == {"messages": [{"role": "user", "content": [{"text": "Reply with one word."}]}]}


def test_a_wrong_key_at_a_server_without_a_list_is_a_wrong_key(acme, server) -> None:
    server.default = Reply(status=403, body={"message": "The security token included in the request is invalid."})
    acme.write(gateway("bedrock-converse", server.url, ", discover: false, models: [m]"))
    document = acme("test", "--chat", "--format", "json", "--allow-host", "it", code=1).json
    assert [answer["code"] for answer in document["chat"]] == ["INVALID_API_KEY"]
