"""gateway-drift: one issue while the endpoints and the state differ, and none when they do not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.scripted import Reply
from tests.workflows.actions import Run
from tests.workflows.gateways import team

SECRET = "TEAM_KEY=quokka-7f341d0"
MARKER = "<!-- gwctl drift: gateway.yaml -->"
DONE = {"plan": "success", "issue": "success"}


@pytest.fixture
def endpoint(server, repository):
    """The team's endpoint, which the gateway file on main names."""
    server.lists("gpt", "a", "b", "c")
    repository.push({"gateway.yaml": team(server.url)})
    return server


@pytest.fixture
def night(actions, endpoint, tmp_path: Path) -> Callable[..., Run]:
    """A nightly run, after main was applied."""
    given = {"state": f"file:{tmp_path / 'state.json'}", "trust": "file"}
    assert actions.run("gateway-apply", "refs/heads/main", "push", given, SECRET).results["apply"] == "success"

    def run(secret: str = SECRET) -> Run:
        return actions.run("gateway-drift", "refs/heads/main", "schedule", given, secret)

    return run


def test_drift_opens_one_issue_keeps_it_up_to_date_and_closes_it(night, endpoint, github) -> None:
    assert night().outputs == {"drift": "false"}
    assert github.issues == []

    endpoint.lists("gpt", "a", "b", "c", "new")
    assert night().results == DONE
    (issue,) = github.issues
    assert (issue["title"], issue["labels"], issue["state"]) == ("gateway.yaml: drift", ["gateway-drift"], "open")
    assert issue["body"].startswith(f"{MARKER}\n<!-- gwctl plan: acme -->\n")
    assert "`new`" in issue["body"]

    endpoint.lists("gpt", "a", "b", "c", "new", "newer")
    assert night().results == DONE
    assert len(github.issues) == 1
    assert "`newer`" in issue["body"]
    assert github.comments == []

    endpoint.lists("gpt", "a", "b", "c")
    assert night().results == DONE
    assert (issue["state"], issue["state_reason"]) == ("closed", "completed")
    assert [(comment["issue"], comment["body"]) for comment in github.comments] == [
        (1, "No drift any more: https://github.com/acme/ai/actions/runs/5")
    ]

    endpoint.lists("gpt", "a", "b", "c", "new")
    assert night().results == DONE
    assert [issue["state"] for issue in github.issues] == ["closed", "open"]


def test_issues_of_others_and_pull_requests_are_left_alone(night, endpoint, github) -> None:
    labels = ["gateway-drift"]
    github.issue(MARKER, "mallory", labels=labels)
    github.issue(MARKER, labels=labels, pull_request={})
    github.issue("no marker", labels=labels)
    github.issue(MARKER, labels=["another"])
    before = [dict(issue) for issue in github.issues]
    assert night().results == DONE
    endpoint.lists("gpt", "a", "b", "c", "new")
    assert night().results == DONE
    assert github.issues[:4] == before
    assert len(github.issues) == 5


def test_what_somebody_takes_out_of_the_state_by_hand_is_drift(night, gwctl, repository, github, tmp_path) -> None:
    gwctl.write((repository.folder / "gateway.yaml").read_text())
    gwctl("state", "rm", "model.team/gpt", "--state", f"file:{tmp_path / 'state.json'}")
    assert night().outputs == {"drift": "true"}
    assert "no longer in the state" in github.issues[0]["body"]


def test_a_short_list_counts_though_it_changes_nothing(night, endpoint, github) -> None:
    endpoint.lists("gpt")
    assert night().outputs == {"drift": "true"}
    assert "--accept-catalog team" in github.issues[0]["body"]


def test_while_an_endpoint_is_down_no_issue_is_closed(night, endpoint, github) -> None:
    endpoint.lists("gpt", "a", "b", "c", "new")
    night()
    endpoint.close()
    run = night()
    assert run.results == DONE
    assert run.outputs == {"drift": "unknown"}
    assert github.issues[0]["state"] == "open"


@pytest.mark.parametrize("fault", ["refused", "missing", "broken file"])
def test_what_cannot_be_planned_fails_and_touches_no_issue(night, endpoint, repository, github, fault: str) -> None:
    endpoint.lists("gpt", "a", "b", "c", "new")
    night()
    calls, body = len(github.calls), github.issues[0]["body"]
    if fault == "refused":
        endpoint.routes["/models"] = Reply(status=401)
    elif fault == "broken file":
        repository.push({"gateway.yaml": "version: 1\n"})
    run = night("" if fault == "missing" else SECRET)
    assert run.results == {"plan": "failure", "issue": "skipped"}
    assert run.commands[-1][0] == "error"
    assert (len(github.calls), github.issues[0]["body"]) == (calls, body)
