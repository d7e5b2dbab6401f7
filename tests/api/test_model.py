"""`model` and `models`: where they look, what they say, and that a key shows itself nowhere."""

from __future__ import annotations

import copy
import json
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.api import GatewayError, model, models
from reconciler.testing import ServedEndpoint, serve
from tests.scenarios.test_documents import valid
from tests.support.command import Gwctl
from tests.support.scripted import ScriptedServer
from tests.support.state_server import StateServer

ROOT = Path(__file__).parents[2]
KEY = "quokka-7351-zebra-fjord"
TEAM = """
version: 1
name: acme
endpoints:
  team: {preset: litellm, base_url: 'URL', key: {env: TEAM_KEY}, models: [gpt-4o, gpt-4o-mini, text-embedding-3-small]}
  claude: {preset: anthropic, base_url: 'URL', key: {file: key.txt}, models: [claude-sonnet]}
  open: {base_url: 'URL/v1', models: [tiny]}
defaults: {chat: team/gpt-4o}
"""


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable and no gateway file of the machine that runs the tests."""
    for name in [name for name in os.environ if name.startswith("GWCTL_") and not name.startswith("GWCTL_TEST")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def double() -> Iterator[ServedEndpoint]:
    with serve(["gpt-4o", "team/claude é"]) as endpoint:
        yield endpoint


@pytest.fixture
def acme(gwctl: Gwctl, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> Gwctl:
    """Three endpoints, applied on this machine; the process has the home of the commands, and works in its folder."""
    server.lists("gpt-4o")
    server.lists("tiny", path="/v1/models")
    (gwctl.folder / "key.txt").write_text(KEY)
    gwctl.write(TEAM.replace("URL", server.url))
    gwctl("apply", "--auto-approve", code=None, TEAM_KEY=KEY)
    for name in ("HOME", "USERPROFILE", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, gwctl.environ[name])
    monkeypatch.chdir(gwctl.folder)
    return gwctl


def set_all(monkeypatch: pytest.MonkeyPatch, environ: dict[str, str]) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)


def fault(name: str = "chat", **more: Any) -> tuple[str, str]:
    """(the code, the hint) of the one reason why there is no such model."""
    with pytest.raises(GatewayError) as raised:
        model(name, **more)
    (diagnostic,) = raised.value.diagnostics
    assert diagnostic.summary
    return diagnostic.code, diagnostic.hint


def test_importing_it_loads_the_standard_library_alone() -> None:
    script = (
        "import sys; before = set(sys.modules); import reconciler.api, reconciler.testing\n"
        "print([name for name in set(sys.modules) - before if name.split('.')[0] not in sys.stdlib_module_names"
        " and not name.startswith('reconciler')], 'socket' in sys.modules and 'ssl' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split()[0] == "[]"


def test_using_a_resolved_file_loads_the_standard_library_alone(double: ServedEndpoint) -> None:
    script = (
        "import sys; from reconciler.api import model; m = model('chat'); m.key, m.openai(), m.litellm()\n"
        "print([name for name in sys.modules if name.split('.')[0] in {names!r}])"
    ).replace("{names!r}", repr({"click", "httpx", "keyring", "pydantic", "yaml", "platformdirs", "sqlite3"}))
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=os.environ | double.environ()
    )
    assert done.stdout.strip() == "[]"


def test_the_double_gives_a_valid_resolved_file(double: ServedEndpoint) -> None:
    document = json.loads(double.environ(chat="gpt-4o", small="team/claude é")["GWCTL_RESOLVED_JSON"])
    valid("resolved", document)
    assert set(document["roles"]) == {"chat", "small"}


def test_a_role_and_a_model_are_found(double: ServedEndpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, double.environ())
    chat = model("chat")
    assert (chat.id, chat.endpoint, chat.base_url, chat.api, chat.context) == (
        "gpt-4o",
        "double",
        double.base_url,
        "chat",
        None,
    )
    assert model("double/team/claude é").id == "team/claude é"
    assert [each.id for each in models()] == ["gpt-4o", "team/claude é"]
    assert fault("caht") == ("UNKNOWN_MODEL", "did you mean `chat`?")
    assert fault("double/gpt")[0] == "UNKNOWN_MODEL"


def test_a_variable_replaces_a_role_for_one_run(double: ServedEndpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, double.environ() | {"GWCTL_USE_CHAT": "double/team/claude é"})
    assert model("chat").id == "team/claude é"
    assert model("double/gpt-4o").id == "gpt-4o"
    monkeypatch.setenv("GWCTL_RESOLVED_JSON", double.environ(judge="gpt-4o")["GWCTL_RESOLVED_JSON"])
    monkeypatch.setenv("GWCTL_USE_JUDGE", "double/team/claude é")
    assert model("judge").id == "team/claude é"
    monkeypatch.setenv("GWCTL_USE_CHAT", "nobody/has-it")
    assert fault()[0] == "UNKNOWN_MODEL"


def test_the_order_is_argument_run_path_gateway_file(
    double: ServedEndpoint, acme: Gwctl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert model("chat").endpoint == "team"  # the gateway file of this folder
    below = acme.folder / "deep" / "below"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert model("chat").endpoint == "team"
    document = json.loads(double.environ()["GWCTL_RESOLVED_JSON"])
    for where in ("path", "run", "argument"):
        document["roles"]["chat"]["endpoint"] = where
        (tmp_path / f"{where}.json").write_text(json.dumps(document))
    monkeypatch.setenv("GWCTL_RESOLVED", str(tmp_path / "path.json"))
    assert model("chat").endpoint == "path"
    monkeypatch.setenv("GWCTL_RESOLVED_JSON", (tmp_path / "run.json").read_text())
    assert model("chat").endpoint == "run"
    assert model("chat", resolved=tmp_path / "argument.json").endpoint == "argument"
    assert models(resolved=str(tmp_path / "argument.json"))[0].endpoint == "double"


def test_a_resolved_file_is_never_discovered(double: ServedEndpoint, tmp_path: Path) -> None:
    (tmp_path / "resolved.json").write_text(double.environ()["GWCTL_RESOLVED_JSON"])
    code, hint = fault()
    assert (code, "gwctl export resolved" in hint) == ("NO_RESOLVED_FILE", True)


def test_a_gateway_file_that_was_not_applied_here_is_not_used(acme: Gwctl, tmp_path: Path, monkeypatch) -> None:
    copied = tmp_path / "cloned"
    copied.mkdir()
    (copied / "gateway.yaml").write_text((acme.folder / "gateway.yaml").read_text())
    monkeypatch.chdir(copied)
    code, hint = fault()
    assert (code, hint.startswith("gwctl apply")) == ("NO_RESOLVED_FILE", True)


def test_a_pulled_gateway_file_changes_nothing_until_it_is_applied(acme: Gwctl, monkeypatch) -> None:
    monkeypatch.setenv("TEAM_KEY", KEY)
    before = model("chat").base_url
    text = (acme.folder / "gateway.yaml").read_text().replace(before, "https://evil.example")
    (acme.folder / "gateway.yaml").write_text(text)
    assert (model("chat").base_url, model("chat").key) == (before, KEY)


def test_a_key_of_an_applied_gateway_file_is_read_along_a_binding(acme: Gwctl, monkeypatch) -> None:
    with pytest.raises(GatewayError) as raised:
        _ = model("claude/nobody").key
    assert raised.value.diagnostics[0].code == "UNKNOWN_MODEL"
    assert model("claude/claude-sonnet").key == KEY  # from its file
    assert model("open/tiny").key is None
    assert model("chat").key is None  # LiteLLM may be open: the key is optional
    monkeypatch.setenv("TEAM_KEY", KEY)
    assert model("chat").key == KEY
    acme("trust", "revoke", "team", "claude")
    for name in ("chat", "claude/claude-sonnet"):
        with pytest.raises(GatewayError) as raised:
            _ = model(name).key
        assert raised.value.diagnostics[0].code == "KEY_WITHHELD"


def test_a_state_that_is_elsewhere_is_not_asked(
    acme: Gwctl, state_servers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: StateServer = state_servers()
    text = (acme.folder / "gateway.yaml").read_text() + f"state: {kept.url}/states/acme\n"
    other = acme.folder.parent / "other"
    other.mkdir()
    (other / "key.txt").write_text(KEY)
    (other / "gateway.yaml").write_text(text)
    where = ("-C", str(other), "--scope", "all", "--trust", "file")
    acme("apply", *where, "--auto-approve", code=None, TEAM_KEY=KEY)
    monkeypatch.chdir(other)
    before = len(kept.asked)
    assert model("chat").id == "gpt-4o"
    assert len(kept.asked) == before


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "it is not JSON"),
        ("[" * 200_000, "it is not JSON"),
        ("[]", "the document is not an object"),
        ('{"version": 2, "roles": {}, "models": []}', "its version is 2"),
        ('{"version": true, "roles": {}, "models": []}', "the document.version is missing or has the wrong type"),
        ('{"version": 1, "roles": [], "models": []}', "the document.roles is missing"),
        ('{"version": 1, "roles": {}, "models": [1]}', "models[0] is not an object"),
        ('{"version": 1, "roles": {"chat": {}}, "models": []}', "roles.chat.auth is missing"),
    ],
)
def test_a_broken_file_is_named_with_the_place(text: str, why: str, tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text(text)
    with pytest.raises(GatewayError, match=r"r\.json") as raised:
        model("chat", resolved=tmp_path / "r.json")
    (diagnostic,) = raised.value.diagnostics
    assert (diagnostic.code, why in diagnostic.summary) == ("RESOLVED_FILE_BROKEN", True), diagnostic.summary


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("base_url", "file:///etc/passwd"),
        ("base_url", "http://[x"),
        ("base_urls", {"chat": 1}),
        ("key", {"file": "x"}),
        ("key", {"command": []}),
        ("key", {"command": ["a", 1]}),
        ("context", "8k"),
        ("context", True),
        ("model", None),
    ],
)
def test_a_wrong_field_is_named(double: ServedEndpoint, tmp_path: Path, field: str, value: object) -> None:
    document = json.loads(double.environ()["GWCTL_RESOLVED_JSON"])
    document["models"][1][field] = value
    (tmp_path / "r.json").write_text(json.dumps(document))
    assert fault(resolved=tmp_path / "r.json")[0] == "RESOLVED_FILE_BROKEN"


def test_a_file_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fault(resolved=tmp_path / "no.json") == ("NO_RESOLVED_FILE", "check the path")
    monkeypatch.setenv("GWCTL_RESOLVED", str(tmp_path))
    assert fault()[0] == "NO_RESOLVED_FILE"


def test_a_key_is_shown_and_pickled_nowhere(double: ServedEndpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, double.environ())
    chat = model("chat")
    every = (chat, chat.openai(), chat.langchain(), chat.litellm(), chat.key, dict(chat.openai()))
    for thing in every:
        assert double.key not in repr(thing)
    for thing in every[:4]:
        assert double.key not in str(thing)
        assert double.key not in f"{thing}"
    for thing in every[:5]:
        with pytest.raises(TypeError):
            pickle.dumps(thing)
    with pytest.raises(TypeError):
        copy.deepcopy(chat)
    with pytest.raises(TypeError):
        vars(chat)
    assert copy.deepcopy(chat.key) == double.key


def test_the_key_is_read_when_it_is_asked_for(double: ServedEndpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, double.environ())
    chat = model("chat")
    assert chat.key == double.key
    monkeypatch.setenv("GWCTL_KEY_DOUBLE", "another")
    assert chat.key == "another"
    monkeypatch.delenv("GWCTL_KEY_DOUBLE")
    with pytest.raises(GatewayError) as raised:
        chat.openai()
    assert raised.value.diagnostics[0].code == "MISSING_API_KEY"


@pytest.mark.parametrize("value", ["two words", "kéy", "line\nend", "x" * 70_000])
def test_a_malformed_key_is_not_used(double: ServedEndpoint, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    set_all(monkeypatch, double.environ() | {"GWCTL_KEY_DOUBLE": value})
    with pytest.raises(GatewayError) as raised:
        _ = model("chat").key
    assert raised.value.diagnostics[0].code == "KEY_MALFORMED"
    assert value not in str(raised.value)


def test_a_key_command_is_run(double: ServedEndpoint, tmp_path: Path) -> None:
    document = json.loads(double.environ()["GWCTL_RESOLVED_JSON"])

    def key(*words: str) -> Any:
        document["roles"]["chat"]["key"] = {"command": list(words)}
        (tmp_path / "r.json").write_text(json.dumps(document))
        return model("chat", resolved=tmp_path / "r.json").key

    assert key(sys.executable, "-c", f"print('{KEY}')") == KEY
    for words in ([sys.executable, "-c", "exit(1)"], [sys.executable, "-c", ""], ["/no/such/program"], ["python3"]):
        with pytest.raises(GatewayError) as raised:
            key(*words)
        assert raised.value.diagnostics[0].code in ("KEY_UNREADABLE", "RESOLVED_FILE_BROKEN")


def test_keywords_fit_what_the_endpoint_speaks(acme: Gwctl, server: ScriptedServer, monkeypatch) -> None:
    monkeypatch.setenv("TEAM_KEY", KEY)
    assert dict(model("chat").openai()) == {"base_url": server.url, "api_key": KEY}
    assert dict(model("open/tiny").openai()) == {"base_url": f"{server.url}/v1", "api_key": "none"}
    assert dict(model("team/text-embedding-3-small").openai())["base_url"] == server.url
    claude = model("claude/claude-sonnet")
    assert dict(claude.litellm()) == {"model": "anthropic/claude-sonnet", "api_base": server.url, "api_key": KEY}
    assert dict(claude.langchain())["model_provider"] == "anthropic"
    with pytest.raises(GatewayError) as raised:
        claude.openai()
    assert raised.value.diagnostics[0].code == "API_NOT_OFFERED"
