"""Goose's own reader of custom vendors, the wheel `goose-sdk`, reads what gwctl writes, and sends a prompt."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.clients.desk import KEY, Desk, asked
from tests.clients.desk import desk as desk  # noqa: PLC0414 - a fixture

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("coding tools")]
ASK = """\
import asyncio, sys
import goose
vendor = goose.declarative_provider_from_json(open(sys.argv[1]).read())
async def ask():
    message = goose.ProviderMessage(role=goose.MessageRole.USER, content=[goose.MessageContent.TEXT("say pong")])
    config = goose.ProviderModelConfig(model_name=sys.argv[2])
    print(await vendor.context_limit(config))
    print((await vendor.complete(config, "be brief", [message], [])).message_json)
asyncio.run(ask())
"""


def own(desk: Desk) -> Path:
    return desk.home / ".config" / "goose" / "custom_providers" / "gwctl-acme.json"


def ask(desk: Desk, clients: Path, model: str, **environ: str) -> str:
    """Send a prompt through Goose's library, and return what it prints."""
    if not list(clients.parent.glob("lib/python*/site-packages/goose")):
        pytest.skip("goose-sdk: not installed in GWCTL_TEST_CLIENTS")
    words = (str(clients / "python"), "-c", ASK, str(own(desk)), model)
    env = {"PATH": "/usr/bin:/bin", "HOME": str(desk.home), **desk.keychain, **environ}
    done = subprocess.run(words, cwd=desk.root, env=env, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_a_file_with_a_key_command_is_read_and_no_other_key_is_sent(desk: Desk, clients: Path) -> None:
    """The library accepts the key command and, unlike Goose itself, does not run it."""
    desk.set_up("goose: {when_absent: write}")
    written = json.loads(own(desk).read_text())
    assert written["auth"]["args"][:3] == ["-I", "-m", "reconciler"]
    assert "pong" in (said := ask(desk, clients, "gpt-x", OPENAI_API_KEY="quokka-of-another-vendor")), said
    assert set(asked(desk.server)) == {("gpt-x", "")}
    own(desk).write_text(json.dumps({**written, "api_key_env": "ACME_KEY"}))
    assert "mutually exclusive" in ask(desk, clients, "gpt-x")


def test_a_prompt_arrives_with_the_key_of_the_variable(desk: Desk, clients: Path) -> None:
    desk.set_up("goose: {when_absent: write, key_from: env}")
    assert "pong" in (said := ask(desk, clients, "gpt-x", ACME_KEY=KEY)), said
    assert set(asked(desk.server)) == {("gpt-x", KEY)}
    assert desk.files_with_the_key() == []


def test_hostile_ids_and_a_model_without_a_limit(desk: Desk, clients: Path) -> None:
    ids = ("$HOME", "`id`", 'a"b\\c', "ü/é", "a b", "{{x}}")
    desk.listed = ("gpt-x", *ids)
    limited = ", ".join(f"{{id: {json.dumps(each)}, context: 9000}}" for each in ids)
    desk.models = f"[{{id: gpt-x}}, {limited}]"
    desk.write("goose: {when_absent: write, key_from: env}")
    desk.agree()
    assert "LIMITS_UNKNOWN" in desk.gwctl("plan", "--format", "json")
    desk.apply()
    assert {each["name"] for each in json.loads(own(desk).read_text())["models"]} == set(ids)
    for name in ids:
        said = ask(desk, clients, name, ACME_KEY=KEY)
        assert ("9000" in said, "pong" in said) == (True, True), said
    assert {model for model, _ in asked(desk.server)} == set(ids)
    assert desk.files_with_the_key() == []


def test_an_endpoint_without_a_key_gets_no_key_of_another_vendor(desk: Desk, clients: Path) -> None:
    desk.write("goose: {when_absent: write}")
    file = desk.work / "gateway.yaml"
    file.write_text(file.read_text().replace("preset: litellm, ", "").replace(", key: {env: ACME_KEY}", ""))
    desk.gwctl("trust", "client.goose")
    desk.apply()
    assert "pong" in (said := ask(desk, clients, "gpt-x", OPENAI_API_KEY="quokka-of-another-vendor")), said
    assert set(asked(desk.server)) == {("gpt-x", "")}
