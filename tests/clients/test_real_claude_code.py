"""Claude Code itself reads what gwctl writes: the model and the key arrive, and the key is nowhere else."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.coding_tools import CodingTools, Ran, speak

KEY = "quokka-7351-zebra-fjord"
GATEWAY = """\
version: 1
name: acme
endpoints:
  it: {{preset: litellm, base_url: '{url}', key: {{env: CANARY}}, store_key: keyring}}
clients:
  claude-code: {{file: {use}}}
"""

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("coding tools")]


class Desk:
    """A user's machine: a home, a keychain, a gateway file, and Claude Code."""

    def __init__(self, root: Path, server, installed: Path, tools: CodingTools, use: str) -> None:
        self.root, self.server, self.tools, self._python = root, server, tools, installed
        self.home, self.work = root / "home", root / "work"
        for folder in (self.home / ".claude", self.work):
            folder.mkdir(parents=True)
        self.keychain = {
            "PYTHON_KEYRING_BACKEND": "file_keychain.FileKeychain",
            "TEST_KEYCHAIN": str(root / "keychain.json"),
        }
        speak(server, "gpt-x", "gpt-y")
        (self.work / "gateway.yaml").write_text(GATEWAY.format(url=server.url, use=use))
        self.claude = tools.has("claude")

    def gwctl(self, *words: str, **environ: str) -> str:
        """Run one command line of the installed gwctl."""
        base = {"PATH": f"{self.tools.bin}:/usr/bin:/bin", "HOME": str(self.home), **self.keychain}
        done = subprocess.run(
            [str(self._python), "-m", "reconciler", *words],
            cwd=self.work, env=base | environ, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def set_up(self) -> None:
        """Apply the gateway file, with the key in the environment once."""
        self.gwctl("trust", "it", CANARY=KEY)
        self.gwctl("trust", "client.claude-code", CANARY=KEY)
        self.gwctl("apply", "--auto-approve", CANARY=KEY)

    def prompt(self, *words: str, folder: Path | None = None, **environ: str) -> Ran:
        """Send one prompt with Claude Code, whose environment is empty but for the place of the keychain."""
        environ = {**self.keychain, **environ}
        command = (str(self.claude), *words, "-p", "say pong")
        return self.tools.run(*command, folder=folder or self.root, home=self.home, **environ)

    @property
    def asked(self) -> list[tuple[str, str, str]]:
        """Return (model, key as bearer, key as header) of each prompt that arrived."""
        requests = self.server.asked("/v1/messages")
        return [
            (
                json.loads(request.body)["model"],
                request.headers.get("authorization", "").removeprefix("Bearer "),
                request.headers.get("x-api-key", ""),
            )
            for request in requests
        ]

    def files_with_the_key(self) -> list[Path]:
        """Return the files of the machine that have the key, but for the keychain."""
        files = (path for path in self.root.rglob("*") if path.is_file() and path.name != "keychain.json")
        return [path for path in files if KEY.encode() in path.read_bytes()]


@pytest.fixture
def desk(tmp_path: Path, server, installed: Path, coding_tools: CodingTools, request: pytest.FixtureRequest) -> Desk:
    return Desk(tmp_path, server, installed, coding_tools, getattr(request, "param", "own"))


@pytest.mark.parametrize("desk", ["own", "shared"], indirect=True)
def test_a_prompt_arrives_with_model_and_key_and_the_key_is_in_the_keychain_alone(desk: Desk) -> None:
    desk.set_up()
    own = desk.home / ".claude" / "acme.settings.json"
    ran = desk.prompt(*(("--settings", str(own)) if own.exists() else ()))
    assert (ran.code, ran.out.strip()) == (0, "pong"), ran.err
    assert desk.asked[-1] == ("gpt-x", KEY, KEY)
    assert desk.files_with_the_key() == []
    assert [text for text in {*ran.arguments, *ran.variables} if KEY in text] == []
    assert any("key" in text and "print" in text for text in ran.arguments), "the key command was seen at work"


def test_keys_of_the_shell_and_a_projects_settings_change_nothing_of_an_own_file(desk: Desk, servers) -> None:
    desk.set_up()
    other = servers()
    speak(other, "gpt-x")
    project = desk.root / "cloned"
    (project / ".claude").mkdir(parents=True)
    settings = {"env": {"ANTHROPIC_BASE_URL": other.url}, "apiKeyHelper": f"touch {desk.root}/ran; echo wrong"}
    (project / ".claude" / "settings.json").write_text(json.dumps(settings))
    own = desk.home / ".claude" / "acme.settings.json"
    environ = {"ANTHROPIC_API_KEY": "of-the-shell", "ANTHROPIC_AUTH_TOKEN": "of-the-shell", "ANTHROPIC_MODEL": "other"}
    ran = desk.prompt("--settings", str(own), folder=project, **environ)
    assert ran.out.strip() == "pong", ran.err
    assert desk.asked[-1] == ("gpt-x", KEY, KEY)
    assert other.requests == []
    assert not (desk.root / "ran").exists()


def test_after_destroy_the_settings_are_the_users_again(desk: Desk) -> None:
    settings = desk.home / ".claude" / "settings.json"
    settings.write_text('{"theme": "dark"}')
    desk.set_up()
    desk.gwctl("destroy", "--auto-approve")
    assert settings.read_text() == '{"theme": "dark"}'
    assert not (desk.home / ".claude" / "acme.settings.json").exists()
