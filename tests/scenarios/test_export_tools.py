"""`gwctl export TOOL`: what is printed for a tool, and the user's file with gwctl's parts set. No file is written."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from reconciler.clients.registry import PRINTED, TOOLS, printed_named
from tests.support.command import Gwctl
from tests.support.scripted import ScriptedServer

KEY = "quokka-7351-zebra-fjord"
HOSTILE = ("it's", "$HOME", "${HOME}", "`id`", "$(id)", 'a"b\\c', "ü/é", "a b;c", "{env:HOME}", "!x")
GATEWAY = """
version: 1
name: acme
endpoints:
  it:
    base_url: 'URL/v1'
    key: {env: ACME_KEY}
    apis: [chat, responses, messages]
    discover: false
    models: [{id: gpt-x, context: 128000, output: 16000}, HOSTILE, {id: emb, purpose: embedding}]
  two: {base_url: 'URL/other/v1', discover: false, models: [{id: gpt-z, context: 9000}]}
CLIENTS
"""
MERGED = {  # a file of the user for each tool that has one
    "opencode": '{\r\n\t// mine\r\n\t"theme": "dark", "big": 90071992547409931,\r\n}',
    "kilo": '\ufeff{"provider": {"mine": {"options": {}}}}\n',
    "vscode": '[\n  {"name": "mine", "vendor": "x", "n": 1.10}, // a comment\n]\n',
    "zed": '{\n  // mine\n  "theme": "One Dark",\n}\n',
    "pi": '{"providers": {"mine": {"baseUrl": "http://x"}}}\n',
    "claude-code": '{\n  "permissions": {"allow": ["Read"]}\n}\n',
    "librechat": "# mine\nversion: 1.3.17\nendpoints:\n  custom:\n    - name: mine # first\n      apiKey: none\n",
    "dotenv": "# mine\nexport MINE='a b'\n",
}
MERGEABLE = [name for name in TOOLS if (tool := printed_named(name)) and "shared" in tool.uses]
WORDS = (
    "// mine",
    "90071992547409931",
    '"mine"',
    "1.10",
    "a comment",
    "One Dark",
    "Read",
    "# mine",
    "name: mine # first",
)


def want(gwctl: Gwctl, server: ScriptedServer, clients: str = "") -> None:
    written = (json.dumps(each.replace("${", "$${"), ensure_ascii=False) for each in HOSTILE)
    models = ", ".join(f"{{id: {each}}}" for each in written)
    text = GATEWAY.replace("URL", server.url).replace("HOSTILE", models)
    gwctl.write(text.replace("CLIENTS", f"clients: {clients}" if clients else ""))


@pytest.fixture
def acme(gwctl: Gwctl, server: ScriptedServer) -> Gwctl:
    """Two endpoints, applied: one with a key and hostile IDs, one without a key."""
    want(gwctl, server)
    gwctl("apply", "--auto-approve", ACME_KEY=KEY)
    return gwctl


def files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and "gwctl" not in str(path.parent)}


def shell(script: str, *after: str, **environ: str) -> str:
    words = ("bash", "-euo", "pipefail", "-c", "\n".join([script, *after]))
    return subprocess.run(
        words, env={"PATH": "/usr/bin:/bin", **environ}, capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.parametrize("name", [*TOOLS, *PRINTED])
def test_every_tool_gets_its_text_without_a_key_and_without_a_written_file(acme: Gwctl, name: str) -> None:
    home = Path(acme.environ["HOME"])
    before = files(home)
    key = "env" if "env" in printed_named(name).keys else "none"
    result = acme("export", name, "--key", key, ACME_KEY=KEY)
    assert "gpt-x" in result.out
    assert KEY not in result.out + result.err
    assert files(home) == before


def test_the_way_of_the_key_must_be_one_that_the_tool_can_use(acme: Gwctl) -> None:
    result = acme("export", "opencode", "--key", "helper", code=1)
    assert (result.out, "BAD_VALUE" in result.err or "it takes: env, none" in result.err) == ("", True)


def test_an_unknown_tool_is_answered_with_a_similar_one(acme: Gwctl) -> None:
    assert "opencode" in acme("export", "opencod", code=1).err


def test_nothing_is_printed_that_would_lead_a_key_where_nobody_agreed(acme: Gwctl, server: ScriptedServer) -> None:
    other = server.url.replace("127.0.0.1", "localhost")
    acme.write((acme.folder / "gateway.yaml").read_text().replace(server.url, other))
    result = acme("export", "opencode", code=1)
    assert result.out == ""


def test_the_client_of_the_gateway_file_decides_which_endpoints_and_models(acme: Gwctl, server: ScriptedServer) -> None:
    want(acme, server, "{work: {tool: opencode, endpoints: [it], models: [gpt-*]}, opencode: {endpoints: [two]}}")
    assert list(acme("export", "opencode").json["provider"]) == ["acme-it"]
    assert list(acme("export", "opencode", "--client", "opencode").json["provider"]) == ["acme-two"]
    assert list(acme("export", "opencode").json["provider"]["acme-it"]["models"]) == ["gpt-x"]
    assert "no client `play`" in acme("export", "opencode", "--client", "play", code=1).err


def test_bash_reads_the_variables_of_open_webui_as_they_are(acme: Gwctl, server: ScriptedServer) -> None:
    names = ("OPENAI_API_BASE_URLS", "OPENAI_API_KEYS", "OPENAI_API_CONFIGS", "DEFAULT_MODELS", "RAG_OPENAI_API_KEY")
    said = shell(acme("export", "open-webui").out, *(f"printf '%s\\0' \"${name}\"" for name in names), ACME_KEY=KEY)
    urls, keys, configs, default, embedding = said.split("\0")[:-1]
    assert urls == f"{server.url}/v1;{server.url}/other/v1"
    assert (keys, default, embedding) == (f"{KEY};none", "acme-it.gpt-x", KEY)
    assert set(json.loads(configs)["0"]["model_ids"]) == {"gpt-x", *HOSTILE}
    assert json.loads(configs)["1"]["auth_type"] == "none"


def test_compose_gets_the_same_values_with_its_own_escapes(acme: Gwctl) -> None:
    environment = yaml.safe_load(acme("export", "open-webui-compose").out)["services"]["open-webui"]["environment"]
    assert environment["OPENAI_API_KEYS"] == "${ACME_KEY};none"
    configs = environment["OPENAI_API_CONFIGS"]
    assert "$" not in configs.replace("$$", "")
    assert set(json.loads(configs.replace("$$", "$"))["0"]["model_ids"]) == {"gpt-x", *HOSTILE}


def test_bash_runs_the_script_of_crush_and_every_id_is_one_word(acme: Gwctl, server: ScriptedServer) -> None:
    spies = "provider() { printf '%s\\t' provider \"$@\"; echo; }\nmodel() { printf '%s\\t' model \"$@\"; echo; }"
    said = shell(spies, acme("export", "crush", "--key", "env").out, ACME_KEY=KEY)
    lines = [line.split("\t")[:-1] for line in said.splitlines()]
    providers = {line[2]: line[3:] for line in lines if line[0] == "provider"}
    assert providers["acme-it"][-2:] == ["--api-key", KEY]
    assert providers["acme-two"][-2:] == ["--api-key", "none"]
    added = {line[2].partition("/")[2] for line in lines if line[:2] == ["model", "add"]}
    assert added == {"gpt-x", "gpt-z", *(each for each in HOSTILE if "'" not in each)}
    assert ["model", "large", "acme-it/gpt-x"] in lines
    unset = subprocess.run(
        ["bash", "-c", spies + "\n" + acme("export", "crush", "--key", "env").out],
        env={},
        check=False,
        capture_output=True,
        text=True,
    )
    assert "set ACME_KEY" in unset.stderr


def test_steps_have_the_values_and_say_what_a_tool_cannot_do(acme: Gwctl, server: ScriptedServer) -> None:
    steps = acme("export", "cursor").out
    assert f"{server.url}/v1" in steps
    assert ("ACME_KEY" in steps, "cannot reach" in steps, "Cursor's own servers" in steps) == (True, True, True)
    assert f"-b {server.url}/v1 -m gpt-x" in acme("export", "cline").out


def test_every_tool_with_a_file_of_the_users_is_tried() -> None:
    assert set(MERGED) == set(MERGEABLE)


@pytest.mark.parametrize("name", MERGED)
def test_a_merge_sets_gwctls_parts_and_keeps_every_other_byte(acme: Gwctl, name: str) -> None:
    tool = printed_named(name)
    assert tool
    key = ("--key", "none") if tool.keys[0] == "helper" else ()
    once = acme("export", name, "--merge", "-", *key, stdin=MERGED[name]).out
    assert "gpt-x" in once
    assert all(word in once for word in WORDS if word in MERGED[name])
    assert once.startswith("\ufeff") == MERGED[name].startswith("\ufeff")
    assert acme("export", name, "--merge", "-", *key, stdin=once).out == once, "a second merge changes nothing"
    file = acme.folder / "mine"
    file.write_bytes(MERGED[name].encode())
    assert acme("export", name, "--merge", "mine", *key).out == once
    assert file.read_bytes() == MERGED[name].encode()
    assert "gpt-x" in acme("export", name, "--merge", "not-there", *key).out


def test_a_merge_keeps_the_line_ends_of_the_file(acme: Gwctl) -> None:
    words = acme.command("export", "opencode", "--merge", "-")
    text = MERGED["opencode"].encode()
    done = subprocess.run(words, cwd=acme.folder, env=acme.environ, input=text, capture_output=True, check=True)
    assert b"acme-it" in done.stdout
    assert done.stdout.count(b"\n") == done.stdout.count(b"\r\n") > 10


def test_a_merge_removes_entries_that_are_not_offered_and_keeps_the_users_default(
    acme: Gwctl, server: ScriptedServer
) -> None:
    both = acme("export", "opencode", "--merge", "-", stdin='{"model": "mine/x"}').json
    assert (set(both["provider"]), both["model"]) == ({"acme-it", "acme-two"}, "mine/x")
    want(acme, server, "{opencode: {endpoints: [it], set_default: always}}")
    one = acme("export", "opencode", "--merge", "-", stdin=json.dumps(both)).json
    assert (set(one["provider"]), one["model"]) == ({"acme-it"}, "acme-it/gpt-x")


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("opencode", "{", "gwctl cannot edit the file"),
        ("opencode", "[]", "gwctl cannot edit the file"),
        ("codex", "", "has no file of yours"),
        ("cursor", "", "has no file of yours"),
        ("claude-code", '{"env": {"ANTHROPIC_API_KEY": "walrus"}}', "a credential of your own"),
    ],
)
def test_a_file_that_cannot_be_merged_is_refused_and_nothing_is_printed(
    acme: Gwctl, name: str, text: str, why: str
) -> None:
    key = ("--key", "none") if name == "claude-code" else ()
    result = acme("export", name, "--merge", "-", *key, stdin=text, code=1)
    assert result.out == ""
    assert why in result.err
    assert "walrus" not in result.err


def test_a_script_as_chezmoi_runs_it_prints_the_new_file(acme: Gwctl) -> None:
    script = acme.folder / "modify_opencode.json"
    words = " ".join(acme.command("export", "opencode", "--merge", "-"))
    script.write_text(f"#!/bin/sh\nexec {words}\n")
    script.chmod(0o755)
    done = subprocess.run(
        [str(script)],
        cwd=acme.folder,
        env=acme.environ,
        input='{"theme": "dark"}',
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["theme"] == "dark"
    assert "acme-it" in json.loads(done.stdout)["provider"]
