"""A reader of one page, who types its blocks from top to bottom on a machine of their own.

The machine has gwctl, git, a gateway of the team, and doubles of the tools. A double is a program that writes down that
it was started, and fails if a variable or an argument names a file below the home directory that is not there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.docs.shell_blocks import Block
from tests.support.installed import Installed
from tests.support.scripted import Reply, Request, ScriptedServer
from tests.workflows.person import Person

KEY = "quokka-6d1f0e-docs"
MODELS = ("gpt-4o", "gpt-4o-mini", "gpt-x", "claude-sonnet")
KEYCHAIN = {"PYTHON_KEYRING_BACKEND": "file_keychain.FileKeychain"}  # of the installed gwctl
HOSTS = (
    "https://llm.acme.example", "https://llm.example", "http://localhost:4000", "http://localhost:11434",
    "https://generativelanguage.googleapis.com",
)  # fmt: skip
GATEWAY = """\
version: 1
name: acme
endpoints:
  litellm:
    preset: litellm
    base_url: https://llm.acme.example
    key: {env: LITELLM_API_KEY}
    store_key: if-available
    models: [{id: gpt-x, context: 128000, output: 16000, capabilities: [tools]}]
  laptop: {preset: ollama, base_url: http://localhost:11434, models: ["llama3.2:latest"]}
roles: {chat: litellm/gpt-x}
"""
_DOUBLE = """\
missing() { case "$2" in "$HOME"/*) [ -e "${2%%:*}" ] || { echo "$1: $2 is not there" >&2; exit 3; } ;; esac; }
for word in "$@"; do missing "${0##*/}" "$word"; done
while IFS='=' read -r -d '' name value; do missing "$name" "$value"; done < <(env -0)
echo "${0##*/} $*" >> ~/.started
"""
# a Python whose environments have this gwctl, and nothing to install
_PYTHON = """\
[ "$1 $2" = "-m venv" ] || exec /usr/bin/env -S PATH=/usr/bin:/bin python3 "$@"
mkdir -p "$3/bin" && cp "$(command -v gwctl)" "$(command -v pip)" "$3/bin/"
cp "$(command -v its-python)" "$3/bin/python"
"""
PROGRAMS = {"pip": '[ "$1" = install ] || [ "$1" = wheel ]', "python3": _PYTHON}


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What is there before the first block of a page. Paths of files are below the home directory.

    `folder` is where the reader begins. `tools` have doubles, and each is started by some block; `idle` have doubles
    that no block starts. `says` are replacements in the text: a reader's own value for the example's. `answers` is what
    is typed at a question, other than yes. `after` is typed at the end. ^C reaches only a gwctl that is not forked.
    On `port` an Ollama runs.
    """

    gateway: str = GATEWAY
    clients: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    folder: str = "team"
    tools: Sequence[str] = ()
    idle: Sequence[str] = ()
    environ: Mapping[str, str] = field(default_factory=dict)
    says: Mapping[str, str] = field(default_factory=dict)
    before: str = "gwctl apply"
    answers: Mapping[str, str] = field(default_factory=dict)
    after: str = ""
    is_forked: bool = True
    port: int = 0


def _installed(gwctl: Installed, is_forked: bool) -> dict[str, str]:
    assert gwctl.warm
    cold = f'exec {gwctl.python} -I -m reconciler "$@"'
    return {"gwctl": gwctl.warm.shell if is_forked else cold, "its-python": f'exec {gwctl.python} "$@"'}


class Reader:
    """The reader at that machine."""

    def __init__(self, machine: Machine, root: Path, server: ScriptedServer, gwctl: Installed) -> None:
        self._machine, self._server, self._programs = machine, server, root / "programs"
        self._programs.mkdir()
        for name, text in {**PROGRAMS, **_installed(gwctl, machine.is_forked)}.items():
            self._program(name, text)
        for name in (*machine.tools, *machine.idle):
            self._program(name, _DOUBLE)
        git = {"GIT_CONFIG_COUNT": "2", "GIT_CONFIG_KEY_0": "user.name", "GIT_CONFIG_VALUE_0": "Ana"}
        git |= {"GIT_CONFIG_KEY_1": "user.email", "GIT_CONFIG_VALUE_1": "ana@acme.example"}
        self._person = Person(
            root / "home", self._programs, {**git, **KEYCHAIN, "LITELLM_API_KEY": KEY, **machine.environ}
        )
        self.home, self.screen = self._person.home, ""  # the screen after the last block
        (self.home / "keychain.json").write_text("{}")
        answers(server)
        for name, text in self._first_files().items():
            self.write(self.home / name, text)
        self._answers = {question: self._own(typed) for question, typed in machine.answers.items()}
        folder = f"mkdir -p ~/{machine.folder} && cd ~/{machine.folder} && git init -q"
        self._person.types(f"{folder}\n{machine.before}\ncp -R . ~/.first")

    def follow(self, blocks: Sequence[Block]) -> None:
        """Type the blocks, and write those that are files."""
        for block in blocks:
            if block.is_written:
                here = Path((self.home / ".directory").read_text().strip())
                self.write(
                    self.home / block.about[2:] if block.about.startswith("~/") else here / block.about, block.text
                )
            elif block.is_typed:
                shown = [self._person.types(part, self._answers) for part in self._parts(block)]
                self.screen = "".join(shown)
            elif block.mark == "shown":
                assert block.text in self.screen
        self._person.types(self._machine.after)

    def started(self) -> list[str]:
        """Return the command lines of the doubles."""
        path = self.home / ".started"
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []

    def write(self, path: Path, text: str) -> None:
        """Write a file with the reader's own values."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self._own(text), encoding="utf-8")
        if text.startswith("#!"):
            path.chmod(0o755)

    def _parts(self, block: Block) -> list[str]:
        text = self._own(block.text)
        if block.mark != "alone":
            return [text]
        here = f"~/{self._machine.folder}"
        again = f"cd ~ && rm -rf {here} && cp -R .first {here} && cd {here}\n"
        return [f"{again}{line}" for line in text.replace("\\\n", " ").splitlines()]

    def _own(self, text: str) -> str:
        for shown, own in {**dict.fromkeys(HOSTS, self._server.url), **self._machine.says}.items():
            text = text.replace(shown, own)
        return re.sub(r"(?<==)…", KEY, text)

    def _first_files(self) -> dict[str, str]:
        clients = f"clients:\n  {self._machine.clients}\n" if self._machine.clients else ""
        gateway = {f"{self._machine.folder}/gateway.yaml": self._machine.gateway + clients}
        return {**(gateway if self._machine.gateway else {}), **self._machine.files}

    def _program(self, name: str, text: str) -> None:
        path = self._programs / name
        path.write_text(f"#!/usr/bin/env bash\n{text}\n", encoding="utf-8")
        path.chmod(0o755)


def answers(server: ScriptedServer) -> None:
    """Let the server be the team's gateway: whoever has the key gets its list, and an answer of each of its APIs."""

    def listed(request: Request) -> Reply:
        if not any(KEY in request.headers.get(name, "") for name in ("authorization", "x-api-key", "x-goog-api-key")):
            return Reply(status=401, body={"error": {"message": "no key"}})
        return Reply(body={"object": "list", "data": [{"id": each} for each in MODELS]})

    said = {"choices": [{"message": {"role": "assistant", "content": "I am here."}}], "model": "gpt-x"}
    server.lists(*MODELS, path="/open/models")  # needs no key
    for base in ("", "/v1", "/open"):
        server.routes.setdefault(f"{base}/models", listed)
        server.routes[f"{base}/chat/completions"] = Reply(body=said)
    server.routes["/"] = Reply(body=b"Ollama is running", headers={"Content-Type": "text/plain"})
    server.routes["/api/chat"] = Reply(body={"message": {"role": "assistant", "content": "I am here."}, "done": True})
    server.routes["/api/tags"] = Reply(body={"models": [{"name": "llama3.2:latest"}]})
    server.routes["/v1beta/models"] = Reply(body={"models": [{"name": "models/gemini-2.5-flash"}]})
