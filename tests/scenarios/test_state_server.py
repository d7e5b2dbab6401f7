"""One state for everybody on an HTTP state server, Terraform's kind and GitLab's: its pipeline, people, passwords."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.scenarios.test_scopes import FILE, changes, laptop, person, team, write
from tests.scenarios.test_secrets import MARKER, all_clean, clean, forced
from tests.state.http_client import GITLAB, PATH, Serve
from tests.state.places.http_place import knows, knows_tokens
from tests.support.command import Gwctl
from tests.support.state_rules import GitLabRules, Kept, TerraformRules
from tests.support.state_server import StateServer

__all__ = ["laptop", "person", "team"]
SECRET = "heron-4402-tundra-quill"  # the password of the server


@dataclass(frozen=True)
class Shared:
    """A server that keeps one state, and the command with the password to it."""

    server: StateServer
    path: str
    gwctl: Gwctl

    @property
    def kept(self) -> Kept:
        """The state."""
        return self.server.kept(self.path)

    def written(self, team, laptop, state: str = "") -> None:
        """The gateway file, with that `state:` or the server's."""
        url = state or self.server.url + self.path
        write(self.gwctl, team, laptop, FILE.replace("name: acme\n", f"name: acme\nstate: '{url}'\n"))

    def serials(self) -> list[int]:
        """Of every document that was ever written."""
        return [json.loads(version)["serial"] for version in self.kept.versions.values()]


@pytest.fixture(params=["terraform", "gitlab"])
def shared(request: pytest.FixtureRequest, state_servers: Serve, gwctl: Gwctl) -> Shared:
    """Each kind of server; GitLab's wants a serial in each document, and never the same again."""
    gitlab = request.param == "gitlab"
    server = state_servers(*((GitLabRules(), knows_tokens(SECRET)) if gitlab else (TerraformRules(), knows(SECRET))))
    gwctl.environ |= {"GWCTL_HTTP_USERNAME": "pipeline", "GWCTL_HTTP_PASSWORD": SECRET}
    return Shared(server, GITLAB if gitlab else PATH, gwctl)


@pytest.fixture
def member(shared: Shared, person) -> Callable[[str], Gwctl]:
    """Another machine of the team, with its own user."""

    def make(name: str) -> Gwctl:
        result = person(name)
        result.environ |= {"GWCTL_HTTP_USERNAME": name, "GWCTL_HTTP_PASSWORD": SECRET}
        return result

    return make


def test_the_pipeline_writes_it_and_people_take_it_without_a_write(shared, team, laptop, member) -> None:
    shared.written(team, laptop)
    shared.gwctl("apply", "--scope", "shared", "--auto-approve")
    ana = member("ana")
    result = ana("apply", "--auto-approve", "--format", "json")
    assert changes(result)["machine endpoint.laptop"] == "create"
    assert "No changes" in ana("plan").out
    assert "No changes" in shared.gwctl("plan", "--scope", "shared").out
    assert shared.serials() == [1]
    assert SECRET.encode() not in shared.kept.latest


def test_of_two_pipelines_at_once_one_wins_and_the_other_says_who_and_when(shared, team, laptop) -> None:
    shared.written(team, laptop)
    gwctl = shared.gwctl
    for name in ("one", "two"):
        gwctl("plan", "--scope", "shared", "--out", f"{name}.plan")
    both = [
        subprocess.Popen(
            gwctl.command("apply", f"{name}.plan"),
            cwd=gwctl.folder,
            env=gwctl.environ | {"GITHUB_RUN_ID": name, "GITHUB_REPOSITORY": "acme/ai"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for name in ("one", "two")
    ]
    outs = [each.communicate()[0] for each in both]
    codes = [each.returncode for each in both]
    assert sorted(codes) == [0, 1], outs
    out = outs[codes.index(1)]
    assert f"by run {('one', 'two')[codes.index(0)]} of acme/ai" in out
    assert re.search(r" at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", out)
    assert shared.serials() == [1]
    assert shared.kept.lock is None


def test_a_pipeline_killed_while_it_holds_the_lock_needs_no_human(shared, team, laptop) -> None:
    shared.written(team, laptop)
    holding = (
        "import os, sys, time; from pathlib import Path; from reconciler.engine.stack.open_store import open_store\n"
        "from tests.support.bindings import agreed_store\n"
        "binding = agreed_store(sys.argv[1], os.environ)\n"
        "with open_store(sys.argv[1], Path(), os.environ, binding).lock():\n"
        "    print('held', flush=True); time.sleep(60)\n"
    )
    command = [*shared.gwctl.command()[:1], "-c", holding, shared.server.url + shared.path]
    here = Path(__file__).parents[2]
    with subprocess.Popen(command, env=shared.gwctl.environ, stdout=subprocess.PIPE, cwd=here) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == b"held\n"
        killed.kill()
    age = datetime.now(UTC) - timedelta(seconds=54)
    shared.kept.lock["Created"] = f"{age:%Y-%m-%dT%H:%M:%S.%fZ}"  # so that the test need not wait for a minute
    began = time.monotonic()
    done = shared.gwctl("apply", "--scope", "shared", "--auto-approve")
    assert time.monotonic() - began < 20
    assert "is locked by" in done.err
    assert (shared.serials(), shared.kept.lock) == ([1], None)


def test_a_lock_of_another_tool_is_broken_by_a_human_alone(shared, team, laptop) -> None:
    shared.written(team, laptop)
    info = {"Operation": "OperationTypeApply", "Who": "ben@desk", "Version": "1.11.4", "Info": "", "Path": ""}
    lock = {"ID": "e3c1f0d8-e975-bf77-8bc9-af31ba47504f", "Created": "2026-01-01T00:00:00Z", **info}
    shared.server.rules.kept[shared.path] = Kept(lock=lock)
    assert "ben@desk, not by gwctl" in shared.gwctl("state", "unlock", code=1).err
    assert shared.kept.lock
    assert "ben@desk" in shared.gwctl("state", "unlock", "--auto-approve").err
    assert shared.kept.lock is None
    shared.gwctl("apply", "--scope", "shared", "--auto-approve")


def test_a_state_is_pushed_and_every_serial_is_kept(shared, team, laptop) -> None:
    write(shared.gwctl, team, laptop)
    shared.gwctl("apply", "--auto-approve")
    pulled = shared.gwctl("state", "pull").out
    shared.written(team, laptop)
    shared.gwctl("state", "push", "-", stdin=pulled)
    shared.gwctl("apply", "--scope", "shared", "--auto-approve")
    team.lists("gpt", "gpt-larger")
    shared.gwctl("apply", "--scope", "shared", "--auto-approve", "--accept-catalog", "team", code=None)
    assert shared.serials() == list(range(1, len(shared.serials()) + 1))
    assert len(shared.serials()) >= 2


def test_a_pull_request_that_moves_the_state_elsewhere_does_not_take_the_password_along(
    shared, team, laptop, state_servers
) -> None:
    other = state_servers(knows=lambda *_: "whoever it is")
    bound = {"GWCTL_HTTP_ADDRESS": shared.server.url}
    shared.written(team, laptop, other.url + shared.path)
    for words in (("plan",), ("plan", "--offline"), ("apply", "--auto-approve"), ("state", "list"), ("doctor",)):
        result = shared.gwctl(*words, code=None, **bound)
        assert words[-1] == "--offline" or f"meant for {shared.server.url}" in result.out + result.err, words
    for words in (("state", "unlock"), ("state", "pull")):
        shared.gwctl(*words, "--state", other.url + "/x", code=1, **bound)
    assert other.asked == []


@pytest.mark.parametrize("shared", ["terraform"], indirect=True)
def test_the_password_is_nowhere(shared, team, laptop) -> None:
    """The right one, a wrong one, and one that the server repeats."""
    shared.written(team, laptop)
    shared.server.knows = None
    gwctl = shared.gwctl
    gwctl.environ["GWCTL_HTTP_PASSWORD"] = MARKER
    for words in COMMANDS:
        result = gwctl(*words, code=None)
        clean(result.out + result.err, words)
    shared.server.knows = lambda *_: None
    for words in COMMANDS:
        result = gwctl(*words, code=None)
        clean(result.out + result.err, words)
        if words[0] in ("plan", "apply"):
            assert "GWCTL_HTTP_PASSWORD" in result.out + result.err
    all_clean(gwctl.folder)
    all_clean(Path(gwctl.environ["HOME"]))


COMMANDS = [
    ("apply", "--scope", "all", "--auto-approve", "-v"),
    ("plan", "-v"),
    ("plan", "--format", "json"),
    ("plan", "--out", "saved.plan"),
    ("state", "list"),
    ("state", "pull"),
    ("state", "unlock", "--auto-approve", "-v"),
    ("doctor", "-v"),
    ("key", "audit", "--format", "json"),
    ("destroy", "--scope", "all", "--auto-approve", "-v"),
]


@pytest.mark.parametrize("shared", ["gitlab"], indirect=True)
def test_a_traceback_forced_from_inside_holds_no_password(shared, team, laptop) -> None:
    shared.written(team, laptop)
    gwctl = shared.gwctl
    gwctl.environ["GWCTL_HTTP_PASSWORD"] = MARKER
    for place in (
        "reconciler.live.http.store_exchange.exchange",
        "reconciler.live.http.store_exchange.Bounds",
        "reconciler.live.http.client.HttpClient._exchange",
        "reconciler.state.stores.http.requests.Request",
        "reconciler.state.stores.http.requests.HttpCalls._headers",
        "reconciler.state.stores.http.store.HttpCalls",
        "reconciler.state.stores.http.settings.HttpStoreSettings",
    ):
        done = forced(gwctl, place, ("plan", "-v"))
        assert (done.returncode, "internal error in gwctl" in done.stderr) == (1, True), (place, done.stderr)
        clean(done.stdout + done.stderr, place)


def test_a_reader_who_applies_a_saved_shared_plan_is_told_that_the_pipeline_applies(
    state_servers: Serve, gwctl: Gwctl, person, team, laptop
) -> None:
    """Nothing is wrong with a role that may only read: nothing is written, and nobody is told to grant it more."""
    server = state_servers(GitLabRules(readers=("ana",)), knows_tokens(SECRET))
    shared = Shared(server, GITLAB, gwctl)
    gwctl.environ |= {"GWCTL_HTTP_USERNAME": "pipeline", "GWCTL_HTTP_PASSWORD": SECRET}
    shared.written(team, laptop)
    gwctl("apply", "--scope", "shared", "--auto-approve")
    ana = person("ana")
    ana.environ |= {"GWCTL_HTTP_USERNAME": "ana", "GWCTL_HTTP_PASSWORD": SECRET}
    team.lists("gpt", "gpt-large", "embed", "gpt-new")
    ana("plan", "--scope", "shared", "--out", "shared.plan")
    before = sorted(str(path) for path in gwctl.folder.rglob("*"))
    said = ana("apply", "shared.plan", "-v", code=1)
    assert "STORE_READ_ONLY" in said.out + said.err
    assert "the pipeline" in said.out + said.err
    for advice in ("Maintainer", "errored.state.json", "grant"):
        assert advice not in said.out + said.err
    assert sorted(str(path) for path in gwctl.folder.rglob("*")) == before
    assert shared.serials() == [1]
    gwctl("apply", "shared.plan")
    assert shared.serials() == [1, 2]
