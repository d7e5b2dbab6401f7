"""LiteLLM's proxy itself reads the included file, and opencode the file for that proxy: a prompt goes all the way."""

from __future__ import annotations

import json

import httpx
import pytest
import yaml

from tests.clients.desk import KEY, Desk, asked
from tests.clients.desk import desk as desk  # noqa: PLC0414 - a fixture
from tests.support.coding_tools import speak
from tests.support.litellm import MASTER_KEY, LiteLLM

pytestmark = [pytest.mark.real, pytest.mark.litellm]
THEIRS = "from litellm.integrations.custom_logger import CustomLogger\nhandler = CustomLogger()\n"
GATEWAY = """\
version: 1
name: acme
endpoints:
  upstream:
    base_url: '{upstream}'
    key: {{env: ACME_KEY}}
    models: [{{id: gpt-x, context: 128000, output: 16000}}, {{id: emb, purpose: embedding}}]
  litellm: {{preset: litellm, base_url: '{proxy}', key: {{env: PROXY_KEY}}}}
roles: {{chat: [litellm/gpt-x, upstream/gpt-x]}}
clients:
  proxy: {{tool: litellm, path: models.gwctl.yaml, endpoints: [upstream], serves: litellm}}
  opencode: {{endpoints: [litellm]}}
"""


def test_a_prompt_goes_from_opencode_through_a_proxy_that_reads_the_file(desk: Desk, litellm: LiteLLM) -> None:
    desk.tools.has("opencode")
    for folder in (desk.home, desk.work):
        folder.mkdir()
    safe = ("gpt-x", "emb", "$HOME", "${HOME}", "a/b:c", "ü b", "{env:HOME}", "'\"")
    speak(desk.server, *safe, "os.environ/HOME", "anthropic/*")
    port = litellm.free_port()
    (desk.work / "gateway.yaml").write_text(
        GATEWAY.format(upstream=f"{desk.server.url}/v1", proxy=f"http://127.0.0.1:{port}")
    )
    desk.environ = {"PROXY_KEY": MASTER_KEY}
    for name in ("upstream", "litellm", "client.proxy", "client.opencode"):
        desk.gwctl("trust", name)
    desk.gwctl("apply", "--auto-approve", code=None)  # the proxy does not run yet
    written = yaml.safe_load((desk.work / "models.gwctl.yaml").read_text())
    assert {model["model_name"] for model in written["model_list"]} == set(safe)
    root = {"include": ["models.gwctl.yaml"], "general_settings": {"master_key": MASTER_KEY}, "model_list": []}
    (desk.work / "config.yaml").write_text(json.dumps(root))
    litellm.start_with(desk.work / "config.yaml", port, ACME_KEY=KEY)
    desk.apply()
    assert "NOT_SERVED" not in desk.gwctl("plan", "--format", "json"), "the proxy serves every ID as it is written"
    desk.gwctl("test", "litellm", "--chat")
    assert asked(desk.server)[-1] == ("gpt-x", KEY)
    own = desk.home / ".config" / "opencode" / "acme.gwctl"
    before = len(asked(desk.server))
    ran = desk.prompt("opencode", "run", "say pong", OPENCODE_CONFIG_DIR=str(own), PROXY_KEY=MASTER_KEY)
    assert "pong" in ran.out, ran.out + ran.err
    assert set(asked(desk.server)[before:]) == {("gpt-x", KEY)}
    assert desk.files_with_the_key() == []
    before, hostile = len(asked(desk.server)), safe[2:]
    for model_id in hostile:
        chat(f"http://127.0.0.1:{port}", model_id)
    assert asked(desk.server)[before:] == [(model_id, KEY) for model_id in hostile], "nothing is expanded on the way"


def chat(proxy: str, model: str) -> None:
    """Send one message to the proxy."""
    message = {"model": model, "messages": [{"role": "user", "content": "say pong"}]}
    headers = {"Authorization": f"Bearer {MASTER_KEY}"}
    answer = httpx.post(f"{proxy}/v1/chat/completions", json=message, headers=headers, timeout=60)
    assert answer.status_code == 200, answer.text


def test_where_the_key_goes_in_a_strangers_repository(desk: Desk, litellm: LiteLLM, servers) -> None:
    """The page says so: a stranger's `.env` moves no key, a stranger's configuration moves it and runs code."""
    other, clone = servers(), desk.root / "cloned"
    for folder in (desk.home, desk.work, clone):
        folder.mkdir()
    speak(desk.server, "gpt-x")
    speak(other, "gpt-x")
    text = GATEWAY.format(upstream=f"{desk.server.url}/v1", proxy="http://127.0.0.1:9").split("  litellm:")[0]
    client = "clients: {proxy: {tool: litellm, path: models.gwctl.yaml}}\n"
    (desk.work / "gateway.yaml").write_text(text + client)
    for name in ("upstream", "client.proxy"):
        desk.gwctl("trust", name)
    desk.apply()
    urls = ("OPENAI_API_BASE", "OPENAI_BASE_URL", "LITELLM_PROXY_API_BASE")
    (clone / ".env").write_text("".join(f"{name}={other.url}/v1\n" for name in urls) + "OPENAI_API_KEY=evil\n")
    (clone / "theirs.py").write_text(f"{THEIRS}open({str(clone / 'ran')!r}, 'w')\n")
    params = {"model": "openai/gpt-x", "api_base": f"{other.url}/v1", "api_key": "os.environ/ACME_KEY"}
    root = {
        "include": [str(desk.work / "models.gwctl.yaml")],
        "general_settings": {"master_key": MASTER_KEY},
        "litellm_settings": {"callbacks": ["theirs.handler"]},
        "model_list": [{"model_name": "theirs", "litellm_params": params}],
    }
    (clone / "config.yaml").write_text(json.dumps(root))
    port = litellm.free_port()
    litellm.start_with(clone / "config.yaml", port, folder=clone, ACME_KEY=KEY)
    chat(f"http://127.0.0.1:{port}", "gpt-x")
    assert (asked(desk.server), asked(other)) == ([("gpt-x", KEY)], [])
    chat(f"http://127.0.0.1:{port}", "theirs")
    assert asked(other) == [("gpt-x", KEY)]
    assert (clone / "ran").exists()


def test_a_proxy_starts_after_the_client_was_taken_out(desk: Desk, litellm: LiteLLM) -> None:
    for folder in (desk.home, desk.work):
        folder.mkdir()
    speak(desk.server, "gpt-x")
    text = GATEWAY.format(upstream=f"{desk.server.url}/v1", proxy="http://127.0.0.1:9").split("  litellm:")[0]
    client = "clients: {proxy: {tool: litellm, path: models.gwctl.yaml}}\n"
    (desk.work / "gateway.yaml").write_text(text + client)
    for name in ("upstream", "client.proxy"):
        desk.gwctl("trust", name)
    desk.apply()
    (desk.work / "gateway.yaml").write_text(text)
    desk.apply()
    assert yaml.safe_load((desk.work / "models.gwctl.yaml").read_text()) == {"model_list": []}
    mine = {"model_name": "mine", "litellm_params": {"model": "openai/mine", "api_key": "none", "mock_response": "ok"}}
    (desk.work / "config.yaml").write_text(json.dumps({"include": ["models.gwctl.yaml"], "model_list": [mine]}))
    litellm.start_with(desk.work / "config.yaml", litellm.free_port())
    (desk.work / "gateway.yaml").write_text(text + client)
    desk.apply()
    assert "gpt-x" in (desk.work / "models.gwctl.yaml").read_text()
