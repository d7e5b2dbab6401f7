"""LiteLLM's proxy itself reads the included file, and opencode the file for that proxy: a prompt goes all the way."""

from __future__ import annotations

import json

import pytest
import yaml

from tests.clients.desk import KEY, Desk, asked
from tests.clients.desk import desk as desk  # noqa: PLC0414 - a fixture
from tests.support.coding_tools import speak
from tests.support.litellm import MASTER_KEY, LiteLLM

pytestmark = [pytest.mark.real, pytest.mark.litellm]
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
