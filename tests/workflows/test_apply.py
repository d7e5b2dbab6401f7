"""gateway-apply: what is on main is planned, kept, approved where somebody wants to, and applied as it was planned."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import Gwctl
from tests.workflows.actions import Run
from tests.workflows.gateways import team

KEY = "quokka-7f3%41d0&<"  # what a shell, a log command or a page might trip over
SECRET = f"# of the team\r\nTEAM_KEY={KEY}\r\nMODE=on\r\n"
DONE = {"plan": "success", "apply": "success"}


@pytest.fixture
def endpoint(server):
    """The team's endpoint, which lists gpt and gpt-large to whoever has the key."""
    server.lists("gpt", "gpt-large")
    return server


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Return the path of the state."""
    return tmp_path / "store" / "state.json"


@pytest.fixture
def applied(actions, state: Path) -> Callable[..., Run]:
    """A run for what main has now."""

    def run(event: str = "push", secret: str = SECRET, **inputs: Any) -> Run:
        given = {"state": f"file:{state}", "trust": "file", **inputs}  # a state file proves nothing
        return actions.run("gateway-apply", "refs/heads/main", event, given, secret)

    return run


def models(state: Path) -> list[str]:
    recorded = json.loads(state.read_text(encoding="utf-8"))["resources"]
    return sorted(resource["address"] for resource in recorded if resource["kind"] == "model")


def test_what_is_merged_is_applied_as_it_was_planned(applied, repository, endpoint, state) -> None:
    repository.push({"gateway.yaml": team(endpoint.url)})
    run = applied(environment="gateway", extras="postgres")
    assert run.results == DONE
    assert models(state) == ["model.team/gpt", "model.team/gpt-large"]
    assert run.outputs == {"changes": "true"}
    assert "`acme`: 4 to create" in run.jobs["plan"].summary
    assert "Applied: 4 created." in run.jobs["apply"].summary
    assert [job.environment for job in run.jobs.values()] == ["", "gateway"]
    assert json.loads(state.read_text())["written"]["by"] == "run 1 of acme/ai"
    assert {request.headers["authorization"] for request in endpoint.requests} == {f"Bearer {KEY}"}


def test_a_second_run_has_nothing_to_apply_and_asks_nobody_to_approve(applied, repository, endpoint, state) -> None:
    repository.push({"gateway.yaml": team(endpoint.url)})
    applied()
    before = state.read_bytes()
    run = applied(environment="gateway")
    assert run.results == {"plan": "success", "apply": "skipped"}
    assert run.outputs == {"changes": "false"}
    assert "no changes" in run.summary
    assert state.read_bytes() == before


def test_a_plan_that_is_stale_when_it_is_approved_is_refused(actions, applied, repository, endpoint, state) -> None:
    repository.push({"gateway.yaml": team(endpoint.url)})

    def somebody_is_faster(job: str) -> None:
        if job == "apply":
            actions.between = lambda _job: None
            endpoint.lists("gpt")
            assert applied().results == DONE

    actions.between = somebody_is_faster
    run = applied()
    assert run.results == {"plan": "success", "apply": "failure"}
    assert "The plan is stale" in run.jobs["apply"].summary
    assert ("error", "Not everything was applied") in run.commands
    assert models(state) == ["model.team/gpt"]


def test_another_plan_than_the_one_that_was_made_is_not_applied(actions, applied, repository, endpoint, state) -> None:
    repository.push({"gateway.yaml": team(endpoint.url)})

    def somebody_swaps_it(_job: str) -> None:
        for path in actions.artifacts.rglob("plan.gwctl"):
            path.write_text(path.read_text().replace("gpt-large", "gpt-small"))

    actions.between = somebody_swaps_it
    run = applied()
    assert run.results == {"plan": "success", "apply": "failure"}
    assert "digest" in run.commands[-1][1]
    assert not state.exists()


def test_the_key_is_in_two_steps_and_nowhere_else(actions, applied, repository, endpoint, tmp_path) -> None:
    repository.push({"gateway.yaml": team(endpoint.url)})
    run = applied()
    having = [step.name for job in run.jobs.values() for step in job.steps if KEY in "".join(step.environ.values())]
    assert having == ["Plan", "Apply"]
    assert [data for name, data in run.commands if name == "add-mask"] == [
        KEY,
        KEY,
    ]  # as it is, and nothing so short as `on`
    printed = "".join(step.output for job in run.jobs.values() for step in job.steps)
    assert KEY not in "".join(line for line in printed.splitlines() if not line.startswith("::add-mask::"))
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not [each for each in written if KEY.encode() in each.read_bytes()]


@pytest.mark.parametrize("line", ["just-a-key", "=key", "TEAM KEY=key", "2KEY=key", "TEAM-KEY=key"])
def test_a_line_of_the_secret_that_is_no_variable_is_named_by_its_number(
    applied, repository, endpoint, line: str
) -> None:
    repository.push({"gateway.yaml": team(endpoint.url)})
    run = applied(secret=f"\n{line}\n")
    assert run.results == {"plan": "failure", "apply": "skipped"}
    assert run.commands == [("error", "GATEWAY_ENV, line 2: write NAME=value")]
    assert "key" not in run.log
    assert not endpoint.requests


def test_without_the_key_nothing_is_applied(applied, repository, endpoint, state) -> None:
    repository.push({"gateway.yaml": team(endpoint.url)})
    run = applied(secret="")
    assert run.results == {"plan": "failure", "apply": "skipped"}
    assert "MISSING_API_KEY" in run.commands[-1][1]
    assert not state.exists()


def test_with_the_lock_file_a_new_model_waits_for_its_review(
    applied, repository, endpoint, state, tmp_path, warm
) -> None:
    endpoint.lists("gpt")
    repository.push({"gateway.yaml": team(endpoint.url)})
    Gwctl(repository.folder, tmp_path, warm)("lock", TEAM_KEY=KEY)
    repository.push({})
    endpoint.lists("gpt", "gpt-large")
    assert applied(locked=True).results == DONE
    assert models(state) == ["model.team/gpt"]


def test_a_short_list_is_held_until_it_is_accepted_by_name(applied, repository, endpoint, state) -> None:
    endpoint.lists("gpt", "b", "c", "d")
    repository.push({"gateway.yaml": team(endpoint.url)})
    applied()
    endpoint.lists("gpt", "b")
    run = applied()
    assert run.results == DONE, "which models are held is recorded, though nothing changes"
    assert "--accept-catalog team" in run.summary
    (result,) = [resource for resource in json.loads(state.read_text())["resources"] if resource["kind"] == "endpoint"]
    assert result["facts"]["held"] == ["c", "d"]
    assert applied().results == {"plan": "success", "apply": "skipped"}
    assert applied("workflow_dispatch", **{"accept-catalog": "team"}).results == DONE
    assert models(state) == ["model.team/b", "model.team/gpt"]


@pytest.mark.parametrize("event", ["pull_request", "pull_request_target", "merge_group"])
@pytest.mark.parametrize("name", ["gateway-apply", "gateway-drift"])
def test_a_pull_request_never_gets_at_the_keys(actions, repository, endpoint, name: str, event: str) -> None:
    ref = repository.pull({"gateway.yaml": team(endpoint.url)})
    run = actions.run(name, ref, event, {}, SECRET)
    assert run.results["plan"] == "failure"
    assert [step.name for step in run.jobs["plan"].steps] == ["Refuse pull requests"]
    assert KEY not in str(run.jobs["plan"].steps[0].environ)
    assert not endpoint.requests
