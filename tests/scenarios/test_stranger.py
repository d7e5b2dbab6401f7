"""A stranger's repository: whatever its files say, no command of gwctl sends one of this person's secrets to its hosts.

The person has keys in the environment, in files and in the keychain, and a team's stack that was applied before. The
repository asks for each of them in every way that its files can, and brings a state, a ledger and an `.envrc` along.
Its host answers through a proxy that writes down all it gets.
"""

from __future__ import annotations

import base64
import json
import shutil
import sqlite3
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

from reconciler.cli.main import COMMANDS
from reconciler.cli.main import gwctl as root
from tests.support.command import Gwctl
from tests.support.keychain import FakeKeychain
from tests.support.scripted import Reply, Request, ScriptedServer

HOST = "models.stranger.example"
SECRETS = {  # each a value of its own, so that it can be told which one left
    "OPENAI_API_KEY": "quokka-openai-1a2b3c",
    "ANTHROPIC_API_KEY": "quokka-anthropic-4d5e6f",
    "LITELLM_API_KEY": "quokka-litellm-7a8b9c",
    "GITHUB_TOKEN": "quokka-github-0d1e2f",
    "GWCTL_HTTP_PASSWORD": "quokka-http-3a4b5c",
    "GWCTL_HTTP_USERNAME": "ana",
    "TF_HTTP_PASSWORD": "quokka-tf-6d7e8f",
    "PGPASSWORD": "quokka-pg-9a0b1c",
    "AWS_ACCESS_KEY_ID": "quokka-aws-2d3e4f",
    "AWS_SECRET_ACCESS_KEY": "quokka-aws-5a6b7c",
    "AZURE_STORAGE_ACCOUNT_KEY": base64.b64encode(b"quokka-azure-8d9e0f").decode(),
    "GOOGLE_SERVICE_ACCOUNT_KEY": "quokka-google-1b2c3d",
}
KEPT, OWN_ENTRY, IN_A_FILE = "quokka-kept-4e5f6a", "quokka-entry-7b8c9d", "quokka-file-0e1f2a"
MARK = "quokka"

# What a command needs beyond its name; one that is not here is typed bare, so that a new one is tried by itself.
WORDS = {
    "apply": ("--auto-approve",),
    "destroy": ("--auto-approve",),
    "chat": ("hello",),
    "run": ("--", "env"),
    "env": (),
    "show": ("saved.gwctl",),
    "state show": ("endpoint.it",),
    "state rm": ("endpoint.it",),
    "state mv": ("endpoint.it", "endpoint.that"),
    "state push": ("--force", "pushed.json"),
    "key set": ("it",),
    "key rm": ("it",),
    "ui": ("--no-browser", "--quiet-time", "1s"),
}
FURTHER = (
    ("plan", "--detailed-exitcode"),
    ("export", "opencode"),
    ("export", "claude-code"),
    ("export", "open-webui"),
    ("plan", "--scope", "shared"),
    ("plan", "--scope", "all", "--format", "json"),
    ("plan", "--out", "saved.gwctl"),
    ("apply", "saved.gwctl"),
    ("apply", "--auto-approve", "--scope", "shared"),
    ("test", "--chat"),
    ("models", "--format", "json"),
    ("lock", "--check"),
    ("plan", "--locked"),
    ("env", "--with-keys", "--endpoint", "it"),
    ("env", "--endpoint", "it", "--format", "json"),
    ("run", "--endpoint", "it", "--", "env"),
    ("chat", "it/m", "hello"),
    ("doctor", "--format", "json"),
    ("key", "audit", "--tidy"),
)

# Every way in which a file can ask for a secret; each is an endpoint of one gateway file.
ASKS = {
    "it": "key: {env: OPENAI_API_KEY}",
    "usual": "preset: openai",
    "another-usual": "preset: litellm",
    "header": "headers: {X-Gateway: {env: GITHUB_TOKEN}}",
    "file": "key: {file: ~/.config/llm/key}",
    "header-file": "headers: {X-Gateway: {file: ~/.config/llm/key}}",
    "absolute": "key: {file: 'HOME/.config/llm/key'}",
    "entry": "key: {keyring: openai/ana}",
    "header-entry": "headers: {X-Gateway: {keyring: openai/ana}}",
    "command": "key: {command: [sh, ./get-key.sh]}",
    "header-command": "headers: {X-Gateway: {command: [sh, ./get-key.sh]}}",
    "proxy": "key: {env: LITELLM_API_KEY}, proxy: 'http://proxy.stranger.example:3128'",
    "litellm": "key: {env: UNSET_HERE}, store_key: keyring",  # the name under which the team's key is kept
    "several": "key: {env: ANTHROPIC_API_KEY}, headers: {X-A: {env: GITHUB_TOKEN}, X-B: {keyring: openai/ana}}",
}
# What is refused where the file is read: entries that gwctl keeps for somebody.
REFUSED = ("gwctl:acme-ai/litellm", " GWCTL:acme-ai/litellm ", "gwctl:acme-ai/x/litellm")
STATES = {
    "http": "state: http://{host}/state\n",
    "http on a port": "state: http://{host}:8443/state\n",
    "s3": "state: s3://bucket/key?endpoint=http://{host}&region=eu-central-1\n",
    "az": "state: az://container/key?endpoint=http://{host}\n",
    "postgresql": "state: postgresql://ana@{host}/gwctl?hostaddr=127.0.0.1&port={port}&sslmode=disable\n",
}


@dataclass(frozen=True)
class World:
    """The person's machine, the stranger's repository on it, and the stranger's server."""

    gwctl: Gwctl
    server: ScriptedServer
    ledger: Path

    def tries(self, *extra: tuple[str, ...]) -> None:
        """Every command there is; then look at what left, and at what was said."""
        for words in (*every_command(), *extra):
            done = self.gwctl(*words, code=None)
            output = done.out + done.err
            assert "internal error in gwctl" not in output, (words, output)
            assert HOST not in output or MARK not in output, (words, output)
        for request in self.server.requests:
            assert MARK not in revealed(request), request


def revealed(request: Request) -> str:
    """All that the stranger's server can read in a request."""
    text = [request.method, request.path, json.dumps(request.query), json.dumps(request.headers)]
    text.append(request.body.decode(errors="replace"))
    for value in request.headers.values():
        word = value.rpartition(" ")[2]
        try:
            text.append(base64.b64decode(word, validate=True).decode(errors="replace"))
        except ValueError:
            continue
    return "\n".join(text)


def every_command() -> Iterator[tuple[str, ...]]:
    """Each command of the table, and of each group its own, with the words that it needs."""
    context = click.Context(root)
    for name in COMMANDS:
        command = root.get_command(context, name)
        names = [name]
        if isinstance(command, click.Group):
            names = [f"{name} {command}" for command in command.list_commands(context)]
        for each in names:
            yield (*each.split(), *WORDS.get(each, ()))


@pytest.fixture
def world(gwctl: Gwctl, keychain: FakeKeychain, servers, tmp_path: Path) -> World:
    """A machine on which a team's stack was applied, and a clone of a stranger's repository."""
    home = Path(gwctl.environ["HOME"])
    honest, stranger = servers(), servers()
    honest.lists("gpt-4o")
    stranger.routes = Everything(stranger)
    key = home / ".config" / "llm" / "key"
    key.parent.mkdir(parents=True)
    key.write_text(IN_A_FILE)
    keychain.put("openai ana", OWN_ENTRY)
    team = Gwctl(tmp_path / "team", home, gwctl.warm)
    team.folder.mkdir()
    team.environ |= keychain.environ
    team.write(f"""
        version: 1
        name: acme-ai
        endpoints:
          litellm: {{preset: litellm, base_url: '{honest.url}', key: {{env: TEAM_KEY}}, store_key: keyring}}
        """)
    team("apply", "--auto-approve", TEAM_KEY=KEPT)
    gwctl.environ |= SECRETS | {"HTTP_PROXY": stranger.url, "http_proxy": stranger.url}
    (gwctl.folder / ".git").mkdir()
    return World(gwctl, stranger, home / "state" / "gwctl" / "ledger.sqlite3")


class Everything(dict):
    """The stranger's server: it answers whatever it is asked for, so that nothing is left unasked."""

    def __init__(self, server: ScriptedServer) -> None:
        super().__init__()
        self._server = server

    def get(self, path: str, default: object = None) -> Reply:
        """A list, a chat's answer, and a state that is not there yet."""
        if path.endswith("/state") or path.endswith("/key"):
            return Reply(status=404, body={})
        if path.endswith("/completions") or path.endswith("/messages"):
            return Reply(body={"model": "m", "choices": [{"message": {"content": "hello"}}], "content": []})
        return Reply(body={"object": "list", "data": [{"id": "m"}, {"id": "n"}]})


def repository(world: World, state: str = "", asks: dict[str, str] = ASKS) -> None:
    """Write the stranger's gateway file, and what it refers to."""
    at = STATES[state].format(host=HOST, port=world.server.port) if state else ""
    lines = [f"version: 1\nname: acme-ai\n{at}defaults: {{chat: it/m}}\nendpoints:"]
    for name, ask in asks.items():
        given = ask.replace("HOME", world.gwctl.environ["HOME"])
        fixed = f"base_url: 'http://{HOST}/{name}', insecure_http: true, models: [m], timeout: 5s"
        lines.append(f"  {name}: {{{fixed}, {given}}}")
    world.gwctl.write("\n".join(lines))
    (world.gwctl.folder / "get-key.sh").write_text(f"touch {world.gwctl.folder}/ran; echo {MARK}-command-3c4d5e\n")


def test_a_fresh_clone_gets_no_secret(world: World) -> None:
    repository(world)
    world.tries(*FURTHER)
    assert not (world.gwctl.folder / "ran").exists()


@pytest.mark.parametrize("entry", REFUSED)
def test_what_gwctl_keeps_is_nobody_s_to_name(world: World, entry: str) -> None:
    repository(world, asks={"it": f"key: {{keyring: '{entry}'}}"})
    done = world.gwctl("validate", code=1)
    assert "gateway.yaml:5:" in done.out + done.err
    world.tries()


@pytest.mark.parametrize("state", list(STATES))
def test_a_store_of_the_stranger_s_gets_no_password(world: World, state: str) -> None:
    repository(world, state, {"it": ASKS["it"]})
    world.tries()


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"GWCTL_LEDGER": "WORK/gwctl/ledger.sqlite3"},
        {"GWCTL_LEDGER": "gwctl/ledger.sqlite3"},
        {"XDG_STATE_HOME": "WORK"},
        {
            "GWCTL_ALLOW_COMMANDS": "1",
            "GWCTL_ALLOW_HOST": "it",
            "GWCTL_TRUST": "file",
            "GWCTL_AUTO_APPROVE": "1",
            "GWCTL_VAR_url": f"http://{HOST}",
            "GWCTL_STATE": ".gwctl/state.json",
        },
    ],
    ids=["nothing", "a ledger", "a ledger by a short path", "another state home", "consents"],
)
def test_what_was_brought_along_is_no_consent(world: World, environ: dict[str, str]) -> None:
    """A state that records the stranger's host under the team's own lineage, a ledger with bindings, an `.envrc`."""
    folder = world.gwctl.folder
    repository(world)
    brought_along(world)
    world.gwctl.environ |= {name: value.replace("WORK", str(folder)) for name, value in environ.items()}
    world.tries()
    assert not (folder / "ran").exists()


def brought_along(world: World) -> None:
    """Apply the repository elsewhere, as the stranger would, and commit what came of it."""
    folder, server = world.gwctl.folder, world.server
    elsewhere = Gwctl(folder.parent / "stranger", folder.parent / "stranger-home", world.gwctl.warm)
    for path in (elsewhere.folder, Path(elsewhere.environ["HOME"])):
        path.mkdir()
    for name in ("gateway.yaml", "get-key.sh"):
        shutil.copy(folder / name, elsewhere.folder)
    given = dict.fromkeys(SECRETS, "theirs") | {"HTTP_PROXY": server.url, "http_proxy": server.url}
    elsewhere("trust", *ASKS, **given)
    done = elsewhere("apply", "--auto-approve", code=None, **given)
    assert elsewhere.state, done.out + done.err
    (elsewhere.folder / "ran").unlink(missing_ok=True)
    (folder / "ran").unlink(missing_ok=True)
    team = json.loads((folder.parent / "team" / ".gwctl" / "state.json").read_text())
    state = json.loads((elsewhere.folder / ".gwctl" / "state.json").read_text())
    (folder / ".gwctl").mkdir()
    (folder / ".gwctl" / "state.json").write_text(json.dumps(state | {"lineage": team["lineage"]}))
    (folder / "gwctl").mkdir()
    brought = folder / "gwctl" / "ledger.sqlite3"
    shutil.copy(Path(elsewhere.environ["XDG_STATE_HOME"]) / "gwctl" / "ledger.sqlite3", brought)
    with sqlite3.connect(brought) as rows:  # as if it were this very file that was agreed to
        rows.execute("UPDATE stack SET path=?, store=?", (f"{folder}/gateway.yaml", f"{folder}/.gwctl/state.json"))
        assert rows.execute("SELECT count(*) FROM binding").fetchone()[0] > 5
    rows.close()
    server.requests.clear()


def test_what_the_team_bound_stays_the_team_s(world: World) -> None:
    """After all that the team's own stack goes on without a question."""
    repository(world)
    world.tries()
    team = Gwctl(world.gwctl.folder.parent / "team", Path(world.gwctl.environ["HOME"]), world.gwctl.warm)
    team.environ |= {
        name: world.gwctl.environ[name] for name in ("PYTHON_KEYRING_BACKEND", "PYTHONPATH", "TEST_KEYCHAIN")
    }
    assert "No changes" in team("plan").out
    with sqlite3.connect(world.ledger) as rows:
        assert rows.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    rows.close()


def test_a_base_url_is_not_put_beside_a_key_of_the_user_s_own(world: World) -> None:
    """`env` without keys: the next tool would send the user's OPENAI_API_KEY there."""
    world.gwctl.write(
        textwrap.dedent(f"""
        version: 1
        name: acme-ai
        endpoints:
          it: {{base_url: 'http://{HOST}', key: {{env: OPENAI_API_KEY}}, insecure_http: true, models: [m]}}
        defaults: {{chat: it/m}}
        """)
    )
    for words in (("env",), ("env", "--format", "dotenv"), ("env", "--format", "json"), ("run", "--", "env")):
        assert f"OPENAI_BASE_URL=http://{HOST}" not in world.gwctl(*words, code=None).out.replace("'", "")
