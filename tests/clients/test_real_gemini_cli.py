"""Gemini CLI, started by `gwctl run`: the model and the key arrive, and the key is in its environment alone."""

from __future__ import annotations

import json

import pytest

from tests.clients.desk import KEY, Desk
from tests.clients.desk import desk as desk  # noqa: PLC0414 - a fixture
from tests.support.coding_tools import Ran
from tests.support.scripted import Reply, Request, ScriptedServer

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("coding tools")]
MODEL = "/v1beta/models/gpt-x"
GATEWAY = """\
version: 1
name: acme
endpoints:
  it: {{preset: gemini, base_url: '{url}/v1beta', key: {{env: ACME_KEY}}}}
"""
SETTINGS = {"security": {"auth": {"selectedType": "gemini-api-key"}}}


def answer(request: Request) -> Reply:
    parts = [{"text": "pong"}]
    candidate = {"index": 0, "content": {"role": "model", "parts": parts}, "finishReason": "STOP"}
    usage = {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2}
    document = {"candidates": [candidate], "usageMetadata": usage, "modelVersion": "gpt-x"}
    if request.path.endswith(":generateContent"):
        return Reply(body=document)
    return Reply(body=f"data: {json.dumps(document)}\r\n\r\n", headers={"content-type": "text/event-stream"})


def speak_gemini(server: ScriptedServer) -> None:
    model = {"name": "models/gpt-x", "supportedGenerationMethods": ["generateContent"]}
    server.routes["/v1beta/models"] = Reply(body={"models": [model]})
    for method in ("generateContent", "streamGenerateContent"):
        server.routes[f"{MODEL}:{method}"] = answer
    server.routes[f"{MODEL}:countTokens"] = Reply(body={"totalTokens": 1})


def keys(server: ScriptedServer) -> set[str]:
    """Return the keys of the prompts that arrived there."""
    asked = [request for request in server.requests if request.method == "POST"]
    return {request.headers.get("x-goog-api-key", "") for request in asked}


@pytest.fixture
def ready(desk: Desk) -> Desk:
    """An applied gateway file, and Gemini CLI with the setting that it needs."""
    desk.tools.has("gemini")
    for folder in (desk.home / ".gemini", desk.work):
        folder.mkdir(parents=True)
    (desk.home / ".gemini" / "settings.json").write_text(json.dumps(SETTINGS))
    speak_gemini(desk.server)
    (desk.work / "gateway.yaml").write_text(GATEWAY.format(url=desk.server.url))
    desk.gwctl("trust", "it")
    desk.apply()
    return desk


def prompt(desk: Desk, folder: str = "cloned") -> Ran:
    (desk.root / folder).mkdir(exist_ok=True)
    command = (str(desk.python), "-m", "reconciler", "run", "-f", str(desk.work / "gateway.yaml"), "--")
    tool = (str(desk.tools.has("gemini")), "--skip-trust", "-p", "say pong")
    return desk.prompt(*command, *tool, folder=desk.root / folder, ACME_KEY=KEY)


def test_a_prompt_arrives_with_model_and_key_and_no_file_or_argument_has_it(ready: Desk) -> None:
    ran = prompt(ready)
    assert "pong" in ran.out, ran.out + ran.err
    assert keys(ready.server) == {KEY}
    assert ready.files_with_the_key() == []
    assert [text for text in ran.arguments if KEY in text] == []


def test_a_projects_env_file_does_not_get_the_key(ready: Desk, servers) -> None:
    other = servers()
    speak_gemini(other)
    (ready.root / "cloned").mkdir()
    (ready.root / "cloned" / ".env").write_text(f"GOOGLE_GEMINI_BASE_URL={other.url}\n")
    ran = prompt(ready)
    assert "pong" in ran.out, ran.out + ran.err
    assert (keys(ready.server), keys(other)) == ({KEY}, set())
