"""Names that a shell, a log or a page could trip over are names, whoever chose them: a pull request or a server."""

from __future__ import annotations

import json

import pytest

from tests.workflows.gateways import team
from tests.workflows.log import Log

NAMES = [
    "$(touch pwned)",
    "`touch pwned`",
    "'; touch pwned; '",
    '"; touch pwned; "',
    "::set-output name=changes::false",
    "::add-mask::gpt",
    "::stop-commands::x",
    "##[set-output name=changes]false",
    "##[add-mask]gpt",
    "@everyone",
    "</pre><script>alert(1)</script>",
    "${{ secrets.GATEWAY_ENV }}",
    "--> <!-- gwctl plan: gateway.yaml -->",
]
SECRET = "TEAM_KEY=quokka-7f341d0"


def test_in_a_pull_request(actions, repository, github, tmp_path) -> None:
    written = [name.replace("${", "$${") for name in NAMES]  # as a gateway file says it
    repository.push({"gateway.yaml": team("https://a.example", json.dumps(written[:3]))})
    ref = repository.pull({"gateway.yaml": team("https://a.example", json.dumps(written[3:]))})
    run = actions.run("gateway-plan", ref, "pull_request")
    assert run.results == {"plan": "success", "comment": "success"}
    assert run.commands == []
    assert run.outputs == {"changes": "true"}
    assert not list(tmp_path.rglob("*pwned*"))
    body = github.comments[0]["body"]
    assert all(f"`{name}`" in body for name in ("@everyone", "::add-mask::gpt"))


@pytest.mark.parametrize("more", ["", "${NAME}: [", "name: '::error::x'\n", "requires: '$(touch pwned)'\n"])
def test_in_a_file_that_cannot_be_used(actions, repository, github, tmp_path, more: str) -> None:
    text = team("ftp://::error::x", more=f"'::error::x': ##[error]y\n{more}")
    run = actions.run("gateway-plan", repository.pull({"gateway.yaml": text}), "pull_request")
    assert run.results == {"plan": "failure", "comment": "success"}
    assert run.commands == [("error", "The plan has errors")]
    assert not list(tmp_path.rglob("*pwned*"))


@pytest.mark.parametrize("name", ["x; touch pwned", "$(touch pwned)", "::error::x", "--state=x"])
def test_in_the_inputs_of_a_caller(actions, repository, github, tmp_path, name: str) -> None:
    given = {"directory": name, "files": f"{name}\n{name}", "variables": f"{name}\n{name}", "state": name}
    given |= {"accept-catalog": name, "allow-host": name}
    run = actions.run("gateway-apply", repository.push({}), "workflow_dispatch", given, SECRET)
    assert run.results == {"plan": "failure", "apply": "skipped"}
    assert [command for command, _ in run.commands if command != "add-mask"] == ["error"]
    assert not list(tmp_path.rglob("*pwned*"))


def test_in_the_list_of_an_endpoint(actions, repository, github, server, tmp_path) -> None:
    server.lists("gpt", *NAMES)
    ref = repository.push({"gateway.yaml": team(server.url)})
    given = {"state": f"file:{tmp_path / 'state.json'}", "trust": "file"}
    applied = actions.run("gateway-apply", ref, "push", given, SECRET)
    assert applied.results == {"plan": "success", "apply": "success"}
    assert [name for name, _ in applied.commands] == ["add-mask", "add-mask"]  # of the key, in each job
    assert "<script>" not in applied.jobs["apply"].summary  # it is a page there, and Markdown in the other
    server.lists("gpt")  # and now they are held
    drift = actions.run("gateway-drift", ref, "schedule", given, SECRET)
    assert drift.outputs == {"drift": "true"}
    assert [name for name, _ in drift.commands] == ["add-mask"]
    assert not list(tmp_path.rglob("*pwned*"))


def test_the_log_that_these_tests_read_obeys_what_nobody_stops() -> None:
    log = Log()
    log.feed(
        "  ::add-mask::gpt\nplain ##[error]x\n::nothing::x\n::stop-commands::t\n::error::y\n::T::\n::notice::z gpt"
    )
    assert log.commands == [("add-mask", "gpt"), ("error", "x"), ("stop-commands", "t"), ("notice", "z gpt")]
    assert log.text == "::nothing::x\n::error::y"
