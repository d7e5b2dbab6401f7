"""docs/using/gitops.md from top to bottom: every command typed, every file written, every workflow run."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.postgres import DATABASE, READER, WRITER, Postgres
from tests.support.scripted import Reply, Request
from tests.workflows.actions import ROOT, Run
from tests.workflows.document import Block, blocks
from tests.workflows.expressions import fill
from tests.workflows.person import Person
from tests.workflows.repository import MAIN

GITOPS = ROOT / "docs" / "using" / "gitops.md"
KEYS = {"LITELLM_API_KEY": "quokka-7f341d0", "RESEARCH_API_KEY": "wombat-22c81aa"}


class Team:
    """The document's reader: does what it says, with servers of this machine in the place of acme's."""

    def __init__(
        self, actions: Any, repository: Any, github: Any, postgres: Postgres, servers: Any, folder: Path, gwctl: str
    ) -> None:
        self.repository, self.github, self._actions, self._postgres = repository, github, actions, postgres
        self._blocks = iter(blocks(GITOPS))
        self._inputs: dict[str, Any] = {}
        self.llm, self.research = servers(), servers()
        self._key = KEYS["LITELLM_API_KEY"]
        self.lists("gpt-4o-mini", "gpt-4o")
        self.research.lists("llama-3.1-70b", "internal-x")
        self.secrets = {
            "gateway-read": _lines(PGUSER=READER, PGPASSWORD=postgres.passwords[READER], **KEYS),
            "gateway-write": _lines(PGUSER=WRITER, PGPASSWORD=postgres.passwords[WRITER]),
        }
        programs = folder / "programs"
        programs.mkdir()
        _program(programs / "gwctl", gwctl)
        _program(programs / "pip", 'test "$1" = install')
        git = {"GIT_CONFIG_COUNT": "4", "GIT_CONFIG_KEY_0": f"url.{repository.folder}.insteadOf"}
        git |= {"GIT_CONFIG_VALUE_0": "https://github.com/acme/ai", "GIT_CONFIG_KEY_1": "user.name"}
        git |= {"GIT_CONFIG_VALUE_1": "Ana", "GIT_CONFIG_KEY_2": "user.email", "GIT_CONFIG_VALUE_2": "ana@acme.example"}
        git |= {"GIT_CONFIG_KEY_3": "safe.directory", "GIT_CONFIG_VALUE_3": "*"}
        engineer = {"PGPASSWORD": postgres.passwords[WRITER], **KEYS, **github.environ}
        engineer |= {"GH_TOKEN": "of an administrator", "GH_REPO": github.repository}
        developer = {
            "PGUSER": READER,
            "PGPASSWORD": postgres.passwords[READER],
            "LITELLM_API_KEY": KEYS["LITELLM_API_KEY"],
        }
        self.people = {
            "engineer": Person(folder / "engineer", programs, git | engineer),
            "developer": Person(folder / "developer", programs, git | developer),
        }
        self.people["engineer"].types("git clone -q https://github.com/acme/ai && cd ai")

    def lists(self, *ids: str) -> None:
        """Set the list of acme's gateway for whoever has its key."""

        def by_key(request: Request) -> Reply:
            if request.headers.get("authorization") != f"Bearer {self._key}":
                return Reply(status=401)
            return Reply(body={"data": [{"id": each} for each in ids]})

        self.llm.routes["/models"] = by_key

    def takes(self, key: str) -> None:
        """The only key of acme's gateway from now on."""
        self._key = key

    def reads_on(self) -> str:
        """Up to and with the next block of shell; what the terminal showed."""
        for block in self._blocks:
            if block.kind == "as":
                return self.people[block.about].types(block.text)
            self._does(block)
        return ""

    def _does(self, block: Block) -> None:
        if block.kind == "sql":
            self._postgres.run(*filter(str.strip, block.text.split(";")))
            return
        path = self.people["engineer"].home / "ai" / block.about
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self._here(block.text))
        if block.about.startswith(".github"):
            (job,) = yaml.safe_load(self._here(block.text))["jobs"].values()
            self._inputs[path.stem] = job.get("with", {})

    def _here(self, text: str) -> str:
        """Loopback endpoints belong to machines, unless they are said to be everybody's."""
        for name, server in {"llm": self.llm, "research": self.research}.items():
            text = text.replace(f"https://{name}.acme.example", f"{server.url}\n    scope: shared\n    timeout: 5s")
        return text.replace("db.acme.example", f"127.0.0.1:{self._postgres.port}")

    def runs(self, name: str, ref: str = MAIN, event: str = "push", **arguments: str) -> Run:
        """A run of that workflow, as the document's caller calls it."""
        contexts = {"inputs": arguments}
        inputs = {key: fill(value, contexts) for key, value in self._inputs[name].items()}
        return self._actions.run(name, ref, event, inputs, {} if event == "pull_request" else self.secrets)

    def recorded(self) -> dict[str, Any]:
        """The state, as PostgreSQL has it."""
        ((data,),) = self._postgres.run("SELECT data FROM gwctl.state WHERE name = 'acme-ai'")
        document: dict[str, Any] = json.loads(data)
        return document


def _lines(**names: str) -> str:
    return "".join(f"{name}={value}\n" for name, value in names.items())


def _program(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.fixture
def team(actions, repository, github, postgres: Postgres, servers, tmp_path, warm_gwctl) -> Iterator[Team]:
    """A team that has nothing yet but a repository and a database."""
    if not shutil.which("script"):
        pytest.skip("script: not installed (util-linux)")
    yield Team(
        actions, repository, github=github, postgres=postgres, servers=servers, folder=tmp_path, gwctl=warm_gwctl
    )
    postgres.run("DROP SCHEMA IF EXISTS gwctl CASCADE", database=DATABASE)


@pytest.mark.long
def test_the_document(team: Team) -> None:
    # 3: the first apply
    shown = team.reads_on()
    assert "connected, 2 models" in shown
    assert "The state is at serial 1: postgresql://127.0.0.1" in shown
    before = team.recorded()
    assert [resource["address"] for resource in before["resources"] if resource["kind"] == "endpoint"] == [
        "endpoint.litellm",
        "endpoint.research",
    ]

    # 5: secrets, and the workflows
    home = team.people["engineer"].home / "ai"
    for name, environment in {"read": "gateway-read", "write": "gateway-write"}.items():
        (home / f"{name}.env").write_text(team.secrets[environment])
    team.reads_on()
    assert sorted(team.github.secrets) == [("gateway-read", "GATEWAY_ENV"), ("gateway-write", "GATEWAY_ENV")]
    assert not list(home.glob("*.env"))
    assert team.runs("gateway-apply").outputs == {"changes": "false"}

    # 6: a laptop
    shown = team.reads_on()
    assert "Applied on this machine: " in shown
    developer = team.people["developer"]
    assert list(developer.keychain.entries.values()) == [KEYS["LITELLM_API_KEY"]]
    shown = team.reads_on()
    assert "No changes" in shown
    assert f"OPENAI_BASE_URL={team.llm.url}" in shown
    assert team.recorded() == before

    # 7: a pull request
    team.reads_on()
    run = team.runs("gateway-plan", team.repository.open("another-default", 1), "pull_request")
    assert run.results == {"plan": "success", "comment": "success"}
    (comment,) = team.github.comments
    assert "`acme-ai`: 1 to update" in comment["body"]
    assert team.runs("gateway-apply", team.repository.merge(1)).results == {"plan": "success", "apply": "success"}

    # 9: models come and go
    team.lists("gpt-4o-mini", "gpt-4o", "gpt-5")
    assert team.runs("gateway-drift", event="schedule").outputs == {"drift": "true"}
    assert "`gpt-5`" in team.github.issues[0]["body"]
    team.reads_on()
    ref = team.repository.open("models", 2)
    assert team.runs("gateway-plan", ref, "pull_request").outputs == {"changes": "true"}
    assert "`gpt-5`" in team.github.comments[-1]["body"]
    run = team.runs("gateway-apply", team.repository.merge(2))
    assert run.results == {"plan": "success", "apply": "success"}
    assert [job.environment for job in run.jobs.values()] == ["gateway-read", "gateway-write"]
    assert "model.litellm/gpt-5" in [resource["address"] for resource in team.recorded()["resources"]]
    assert team.runs("gateway-drift", event="schedule").outputs == {"drift": "false"}
    assert team.github.issues[0]["state"] == "closed"
    assert team.reads_on() == ""

    # 10: a key is rotated
    team.takes("zebra-990c1f2")
    developer.types("git switch -q main; git pull -q; LITELLM_API_KEY=zebra-990c1f2 gwctl apply")
    assert list(developer.keychain.entries.values()) == ["zebra-990c1f2"]
    team.secrets["gateway-read"] = team.secrets["gateway-read"].replace(KEYS["LITELLM_API_KEY"], "zebra-990c1f2")
    assert team.runs("gateway-drift", event="schedule").outputs == {"drift": "false"}

    # 11: a bad merge is reverted
    team.people["engineer"].types("git switch -q main; git pull -q; git revert -m 1 --no-edit HEAD; git push -q")
    assert team.runs("gateway-apply").results == {"plan": "success", "apply": "success"}
    assert "model.litellm/gpt-5" not in [resource["address"] for resource in team.recorded()["resources"]]
