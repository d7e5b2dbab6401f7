"""Terraform's own client and gwctl's on the same server: what one of them holds, the other one respects."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from reconciler.state.stores.http.store import HttpStore
from tests.state.http_client import GITLAB, PASSWORD, PATH, Serve, asked, store
from tests.state.places.actions import enter, failure
from tests.state.places.http_place import knows, knows_tokens
from tests.support.state_rules import GitLabRules, TerraformRules, lock_info
from tests.support.state_server import StateServer
from tests.support.terraform import Terraform

STATE = b'{"version": 2, "serial": 1}'


@dataclass(frozen=True)
class Both:
    """A server, and the two who use it."""

    server: StateServer
    path: str
    terraform: Terraform

    def gwctl(self) -> HttpStore:
        """gwctl's client, of another user's."""
        token = f"{PASSWORD}~ben" if self.path == GITLAB else PASSWORD
        return store(self.server, self.path, {"GWCTL_HTTP_USERNAME": "ben", "GWCTL_HTTP_PASSWORD": token})


@pytest.fixture(params=["terraform", "gitlab"])
def both(request: pytest.FixtureRequest, state_servers: Serve, terraform: Terraform) -> Both:
    """A state that is locked in Terraform's usual way, and one of GitLab's."""
    if request.param == "terraform":
        server, path = state_servers(TerraformRules(), knows(PASSWORD)), PATH
        url = server.url + path
        terraform.on(url, "ana", PASSWORD, lock_address=url, unlock_address=url)
    else:
        server, path = state_servers(GitLabRules(), knows_tokens(PASSWORD)), GITLAB
        lock = {"lock_address": f"{server.url}{path}/lock", "unlock_address": f"{server.url}{path}/lock"}
        methods = {"lock_method": "POST", "unlock_method": "DELETE"}
        terraform.on(server.url + path, "ana", PASSWORD, **lock, **methods)
    terraform("init")
    asked(server)
    return Both(server, path, terraform)


@contextmanager
def waiting(both: Both) -> Iterator[subprocess.Popen[str]]:
    """A Terraform that has the lock, and waits for a yes."""
    with both.terraform.asking("apply", "-var", "value=2") as process:
        until = time.monotonic() + 30
        while not both.server.kept(both.path).lock and time.monotonic() < until:
            time.sleep(0.01)
        try:
            yield process
        finally:
            process.kill()


def test_terraform_plans_and_applies_on_it(both: Both) -> None:
    both.terraform("plan")
    both.terraform("apply", "-auto-approve")
    both.terraform("apply", "-auto-approve", "-var", "value=2")
    assert "No changes" in both.terraform("plan", "-detailed-exitcode", "-var", "value=2")
    kept = both.server.kept(both.path)
    assert [json.loads(version)["serial"] for version in kept.versions.values()] == [1, 2]
    assert json.loads(kept.latest)["outputs"]["value"]["value"] == "2"
    assert kept.lock is None


def test_they_send_the_same(both: Both) -> None:
    both.terraform("apply", "-auto-approve")
    terraforms = changing(both.server)
    both.server.rules.kept.clear()
    both.server.asked.clear()
    both.gwctl().write(STATE, None)
    assert changing(both.server) == terraforms
    assert len(terraforms) == 3


def changing(server: StateServer) -> list[object]:
    """The requests that change something, but for what each of the two draws and says of itself."""
    headers = {"content-type", "content-md5", "authorization"}
    return [
        (each.method, each.path, each.status, list(each.query), list(lock_info(each.body) or {}))
        for each in server.asked
        if each.method != "GET" and headers <= set(each.headers)
    ]


def test_two_terraforms_at_once(both: Both) -> None:
    with waiting(both) as first:
        refused = both.terraform("apply", "-auto-approve", "-var", "value=3", code=1)
        assert "Error acquiring the state lock" in refused
        assert both.server.kept(both.path).lock["ID"] in refused
        assert "Apply complete" in first.communicate("yes\n")[0]
    both.terraform("apply", "-auto-approve", "-var", "value=3")
    assert len(both.server.kept(both.path).versions) == 2


def test_gwctl_respects_terraform_s_lock(both: Both) -> None:
    with waiting(both) as first:
        diagnostic = failure(lambda: enter(both.gwctl()), PASSWORD)
        assert diagnostic.code == "STATE_LOCKED"
        assert re.search(r"locked by \S+, not by gwctl since \d{4}-\d\d-\d\dT", diagnostic.summary)
        assert "gwctl state unlock" in diagnostic.hint
        assert failure(lambda: both.gwctl().write(STATE, None)).code == "STATE_LOCKED"
        assert "Apply complete" in first.communicate("yes\n")[0]
    enter(both.gwctl())


def test_terraform_respects_gwctl_s_lock(both: Both) -> None:
    with both.gwctl().lock():
        held = both.server.kept(both.path).lock["ID"]
        refused = both.terraform("apply", "-auto-approve", code=1)
        assert "Error acquiring the state lock" in refused
        assert held in refused
        assert both.server.kept(both.path).lock["ID"] == held
    both.terraform("apply", "-auto-approve")


def test_each_may_break_the_other_s_lock_when_it_is_told_to(both: Both) -> None:
    with waiting(both) as first:
        assert both.gwctl().unlock()
        assert "Failed to save state" in first.communicate("yes\n")[0], "it has lost its lock, and writes nothing"
    assert not both.server.kept(both.path).versions
    with both.gwctl().lock():
        both.terraform("force-unlock", "-force", both.server.kept(both.path).lock["ID"])
        both.terraform("apply", "-auto-approve")


def test_wrong_passwords_are_refused_to_both(both: Both) -> None:
    both.terraform.environ["TF_HTTP_PASSWORD"] = "another"
    assert "requires auth" in both.terraform("plan", code=1)
