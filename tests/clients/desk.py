"""A user's machine for the tests of a tool: a home, a keychain, a gateway file, the installed gwctl, and the tool."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.coding_tools import CodingTools, Ran, speak
from tests.support.forks import heeds
from tests.support.installed import Installed
from tests.support.scripted import ScriptedServer

KEY = "quokka-7351-zebra-fjord"
MODELS = "[{id: gpt-x, context: 128000, output: 16000, capabilities: [tools, vision]}]"
GATEWAY = """\
version: 1
name: acme
endpoints:
  it: {{preset: litellm, base_url: '{url}', key: {{env: ACME_KEY}}{keeps}{more}, models: {models}}}
clients:
  {clients}
"""


@dataclass
class Desk:
    """`clients` is the line of the gateway file below `clients:`; `keeps_key` stores the key in a keychain, too."""

    root: Path
    server: ScriptedServer
    installation: Installed
    tools: CodingTools
    clients: str = ""
    models: str = MODELS
    listed: tuple[str, ...] = ("gpt-x", "gpt-y")
    environ: Mapping[str, str] = field(default_factory=dict)
    key: str = KEY
    keeps_key: bool = False

    @property
    def python(self) -> Path:
        """Return the interpreter of the installed gwctl."""
        return self.installation.python

    @property
    def home(self) -> Path:
        """The home directory."""
        return self.root / "home"

    @property
    def work(self) -> Path:
        """The directory of the gateway file."""
        return self.root / "work"

    @property
    def keychain(self) -> dict[str, str]:
        """The variables that name the keychain; none without one."""
        there = {
            "PYTHON_KEYRING_BACKEND": "file_keychain.FileKeychain",
            "TEST_KEYCHAIN": str(self.root / "keychain.json"),
        }
        return there if self.keeps_key else {}

    def write(self, clients: str = "", models: str = "", more: str = "") -> None:
        """Write the gateway file, for a server that lists the models; `more` are further fields of the endpoint."""
        self.clients, self.models = clients or self.clients, models or self.models
        for folder in (self.home, self.work):
            folder.mkdir(parents=True, exist_ok=True)
        speak(self.server, *self.listed)
        keeps = ", store_key: keyring" if self.keeps_key else ""
        text = GATEWAY.format(url=self.server.url, keeps=keeps, more=more, models=self.models, clients=self.clients)
        (self.work / "gateway.yaml").write_text(text)

    def gwctl(self, *words: str, code: int | None = 0, **environ: str) -> str:
        """Run one command line of the installed gwctl, with the key in its variable."""
        base = {
            "PATH": f"{self.tools.bin}:/usr/bin:/bin",
            "HOME": str(self.home),
            "ACME_KEY": self.key,
            **self.keychain,
        }
        everything, warm = {**base, **self.environ, **environ}, self.installation.warm
        if warm and heeds(everything):
            ended, out, err = warm.run(list(words), self.work, everything, "")
        else:
            command = [str(self.python), "-m", "reconciler", *words]
            done = subprocess.run(
                command, cwd=self.work, env=everything, capture_output=True, text=True, check=False, input=""
            )
            ended, out, err = done.returncode, done.stdout, done.stderr
        assert code is None or ended == code, out + err
        return out + err

    def agree(self) -> None:
        """Give the consents: for the key, and for every client."""
        names = [line.split(":")[0].strip() for line in self.clients.splitlines()]
        self.gwctl("trust", "it")
        for name in names:
            self.gwctl("trust", f"client.{name}")

    def apply(self) -> str:
        """Apply the gateway file."""
        return self.gwctl("apply", "--auto-approve")

    def set_up(self, clients: str = "", models: str = "", more: str = "") -> None:
        """Write the gateway file, agree and apply."""
        self.write(clients, models, more)
        self.agree()
        self.apply()

    def prompt(self, *words: str, folder: Path | None = None, **environ: str) -> Ran:
        """Run the command line of a tool, in an empty environment but for the keychain and these variables.

        The first word is the name of a tool, or a path.
        """
        program = words[0] if Path(words[0]).is_absolute() else str(self.tools.has(words[0]))
        return self.tools.run(
            program, *words[1:], folder=folder or self.root, home=self.home, **self.keychain, **environ
        )

    def files_with_the_key(self) -> list[Path]:
        """Return the files of the machine that have the key."""
        files = (path for path in self.root.rglob("*") if path.is_file())
        return [path for path in files if KEY.encode() in path.read_bytes()]


def asked(server: ScriptedServer) -> list[tuple[str, str]]:
    """Return (model, key) of each chat that arrived there."""
    requests = [*server.asked("/v1/chat/completions"), *server.asked("/chat/completions")]
    return [
        (json.loads(each.body)["model"], each.headers.get("authorization", "").removeprefix("Bearer "))
        for each in requests
    ]


def asked_at(server: ScriptedServer, path: str) -> list[tuple[str, str, str]]:
    """Return (model, key as bearer, key as `x-api-key`) of each prompt that arrived at the path."""
    return [
        (
            json.loads(each.body)["model"],
            each.headers.get("authorization", "").removeprefix("Bearer "),
            each.headers.get("x-api-key", ""),
        )
        for each in server.asked(path)
    ]


@pytest.fixture
def desk(tmp_path: Path, server: ScriptedServer, installation: Installed, coding_tools: CodingTools) -> Desk:
    """A machine whose gateway file is still to be written."""
    return Desk(tmp_path, server, installation, coding_tools)
