"""The resolved file: what was applied, for programs; no key in it, and none led to a host that nobody agreed to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scenarios.test_documents import valid
from tests.support.command import Gwctl
from tests.support.scripted import ScriptedServer

KEY = "quokka-7351-zebra-fjord"
PRINT = "import os; print(os.environ['GWCTL_RESOLVED_JSON'])"
RUN = ("--", sys.executable, "-c", PRINT)
TEAM = """
version: 1
name: acme
endpoints:
  team: {preset: litellm, base_url: 'URL', key: {env: TEAM_KEY}, models: [gpt-4o, text-embedding-3-small]}
  claude: {preset: anthropic, base_url: 'URL', key: {file: key.txt}, models: [claude-sonnet]}
  open: {base_url: 'URL/v1', models: [tiny]}
defaults: {chat: team/gpt-4o}
"""


@pytest.fixture
def acme(gwctl: Gwctl, server: ScriptedServer) -> Gwctl:
    """Three endpoints on this machine, applied."""
    server.lists("gpt-4o")
    server.lists("tiny", path="/v1/models")
    (gwctl.folder / "key.txt").write_text(KEY)
    gwctl.write(TEAM.replace("URL", server.url))
    gwctl("apply", "--auto-approve", code=None, TEAM_KEY=KEY)
    return gwctl


def test_each_role_and_model_says_where_it_is(acme: Gwctl, server: ScriptedServer) -> None:
    document = acme("export", "resolved").json
    valid("resolved", document)
    assert document["roles"]["chat"] == {
        "endpoint": "team",
        "model": "gpt-4o",
        "purpose": "chat",
        "api": "chat",
        "base_url": server.url,
        "base_urls": {"chat": server.url, "responses": server.url, "messages": server.url},
        "context": None,
        "output": None,
        "capabilities": None,
        "key": {"env": "TEAM_KEY"},
        "key_required": False,
        "auth": {"header": "Authorization", "scheme": "Bearer"},
    }
    models = {(entry["endpoint"], entry["model"]): entry for entry in document["models"]}
    assert {("team", "gpt-4o"), ("claude", "claude-sonnet"), ("open", "tiny")} <= set(models)
    claude, embedding, tiny = (
        models["claude", "claude-sonnet"],
        models["team", "text-embedding-3-small"],
        models["open", "tiny"],
    )
    assert (claude["api"], claude["key"], claude["auth"]["header"]) == (
        "messages",
        {"env": "GWCTL_KEY_CLAUDE"},
        "x-api-key",
    )
    assert (embedding["api"], embedding["base_urls"], embedding["base_url"]) == (None, {}, server.url)
    assert (tiny["key"], tiny["base_url"]) == (None, f"{server.url}/v1")


def test_nothing_is_requested_and_no_key_is_read(acme: Gwctl, server: ScriptedServer) -> None:
    before = len(server.requests)
    (acme.folder / "key.txt").unlink()
    result = acme("export", "resolved", TEAM_KEY=KEY)
    assert KEY not in result.out + result.err
    assert len(server.requests) == before


def test_only_what_was_applied_is_in_the_file(acme: Gwctl, server: ScriptedServer) -> None:
    acme.write(TEAM.replace("URL/v1", f"{server.url}/v2").replace("URL", server.url) + "lock: other.lock.yaml\n")
    result = acme("export", "resolved")
    assert "open" not in {entry["endpoint"] for entry in result.json["models"]}
    assert "endpoint.open is left out" in result.err


def test_before_the_first_apply_there_is_nothing_to_print(gwctl: Gwctl, server: ScriptedServer) -> None:
    gwctl.write(TEAM.replace("URL", server.url))
    result = gwctl("export", "resolved", code=1)
    assert (result.out, "hint: gwctl apply" in result.err) == ("", True)


FAR = """
version: 1
name: acme
endpoints:
  far: {base_url: 'https://far.example/v1', key: {env: FAR_KEY}, models: [m], discover: false}
"""


@pytest.mark.parametrize("key", ["env", "helper"])
@pytest.mark.parametrize("environ", [{}, {"FAR_KEY": KEY}], ids=["unset", "set"])
def test_a_key_is_led_to_no_host_that_nobody_agreed_to(gwctl: Gwctl, key: str, environ: dict[str, str]) -> None:
    gwctl.write(FAR)
    gwctl("apply", "--auto-approve", "--offline")
    assert gwctl.models() == ["model.far/m"]
    withheld = gwctl("export", "resolved", "--key", key, "-v", code=1, **environ)
    assert (withheld.out, "KEY_WITHHELD" in withheld.err) == ("", True)
    assert gwctl("export", "resolved", "--key", "none", **environ).json["models"][0]["key"] is None
    gwctl("trust", "far", **environ)
    assert gwctl("export", "resolved", **environ).json["models"][0]["key"] == {"env": "FAR_KEY"}


def test_a_pulled_host_gets_no_key_by_way_of_the_file(acme: Gwctl, server: ScriptedServer) -> None:
    acme.write(
        TEAM.replace("URL", server.url).replace(
            f"base_url: '{server.url}', key: {{env", "base_url: 'https://evil.example', key: {env"
        )
    )
    result = acme("export", "resolved")
    assert "evil.example" not in result.out
    assert "endpoint.team is left out" in result.err


def test_run_hands_over_the_resolved_file_of_its_endpoint(acme: Gwctl) -> None:
    document = json.loads(acme("run", *RUN, TEAM_KEY=KEY).out)
    valid("resolved", document)
    assert {entry["endpoint"] for entry in document["models"]} == {"team"}
    assert document["roles"]["chat"]["key"] == {"env": "OPENAI_API_KEY"}
    named = json.loads(acme("run", "--model", "open/tiny", *RUN, TEAM_KEY=KEY).out)
    assert (named["roles"]["chat"]["model"], named["roles"]["chat"]["key"]) == ("tiny", None)


def test_run_does_so_before_the_first_apply(gwctl: Gwctl, server: ScriptedServer) -> None:
    gwctl.write(TEAM.replace("URL", server.url))
    document = json.loads(gwctl("run", *RUN, TEAM_KEY=KEY).out)
    assert document["roles"]["chat"]["model"] == "gpt-4o"


def test_a_run_inside_a_run_hands_over_its_own(acme: Gwctl, server: ScriptedServer) -> None:
    stale = {"GWCTL_RESOLVED_JSON": '{"version": 1}'}
    assert "GWCTL_RESOLVED_JSON" in acme("env", "--endpoint", "open", **stale).out
    assert json.loads(acme("run", "--endpoint", "open", *RUN, **stale).out)["name"] == "acme"


def test_many_models_do_not_stop_a_run(gwctl: Gwctl, server: ScriptedServer) -> None:
    server.lists(*(f"model-{number:04}" for number in range(1000)))
    gwctl.write(
        f"version: 1\nname: acme\nendpoints: {{a: {{base_url: '{server.url}'}}}}\ndefaults: {{chat: a/model-0007}}\n"
    )
    gwctl("apply", "--auto-approve")
    document = json.loads(gwctl("run", *RUN).out)
    assert (document["roles"]["chat"]["model"], document["models"]) == ("model-0007", [])
    assert len(gwctl("export", "resolved").json["models"]) == 1000


@pytest.mark.skipif(os.name != "posix", reason="modes")
def test_the_helper_is_refused_in_a_working_tree(acme: Gwctl, monkeypatch: pytest.MonkeyPatch) -> None:
    if not any((folder / ".git").exists() for folder in Path(sys.executable).parents):
        pytest.skip("this Python is in no working tree")
    result = acme("export", "resolved", "--key", "helper", "-v", code=1)
    assert (result.out, "HELPER_REFUSED" in result.err) == ("", True)


def test_a_program_gets_its_key_by_the_command_in_the_file(acme: Gwctl, installed: Path, tmp_path: Path) -> None:
    """The program starts with an empty environment: the key is in its file alone."""

    def gwctl(*words: str) -> str:
        command = [str(installed), "-m", "reconciler", *words]
        done = subprocess.run(
            command, cwd=acme.folder, env=acme.environ, capture_output=True, text=True, timeout=200, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    resolved = tmp_path / "resolved.json"
    resolved.write_text(gwctl("export", "resolved", "--key", "helper"))
    valid("resolved", json.loads(resolved.read_text()))
    assert KEY not in resolved.read_text()
    handles = json.loads(gwctl("key", "list", "--format", "json"))["handles"]
    assert {handle["client"] for handle in handles} == {"programs"}
    script = (
        "from reconciler.api import GatewayError, model\n"
        f"try: print(model('claude/claude-sonnet', resolved={str(resolved)!r}).key)\n"
        "except GatewayError as error: print(error.diagnostics[0].code)"
    )

    def program() -> str:
        command = [str(installed), "-c", script]
        done = subprocess.run(command, cwd=tmp_path, env={}, capture_output=True, text=True, timeout=200, check=True)
        return done.stdout.strip()

    assert program() == KEY
    (handle,) = (handle["handle"] for handle in handles if handle["endpoint"] == "claude")
    gwctl("key", "revoke", handle)
    assert program() == "KEY_UNREADABLE"
