"""gateway-plan: a pull request gets its plan, in one comment that is kept up to date."""

from __future__ import annotations

import pytest

from tests.workflows.actions import COMMIT, read
from tests.workflows.expressions import fill
from tests.workflows.gateways import BROKEN, EXAMPLE, MORE, THREE
from tests.workflows.github_api import BOT

MARKER = "<!-- gwctl plan: gateway.yaml -->"
DONE = {"plan": "success", "comment": "success"}


@pytest.fixture
def planned(actions, repository):
    """A run for a pull request that makes this of the gateway file; main has the example."""
    repository.push({"gateway.yaml": EXAMPLE})

    def run(text: str, fork: bool = False, **inputs):
        return actions.run("gateway-plan", repository.pull({"gateway.yaml": text}), "pull_request", inputs, fork=fork)

    return run


def test_the_first_comment_says_what_the_pull_request_changes(planned, actions, github) -> None:
    run = planned(MORE)
    assert run.results == DONE
    (comment,) = github.comments
    assert comment["issue"] == 7
    assert comment["user"]["login"] == BOT
    assert comment["body"].startswith(f"{MARKER}\n<!-- gwctl plan: acme-ai -->\n")
    assert "`acme-ai`: 1 to create" in comment["body"]
    assert "against what the base branch gives, at " in comment["body"]
    assert comment["body"].removeprefix(f"{MARKER}\n") == run.summary
    assert run.outputs == {"changes": "true"}
    assert f"gwctl @ git+https://github.com/acme/gwctl@{COMMIT}" in actions.pip.read_text()
    assert not (run.jobs["plan"].folder / "work" / ".gwctl").exists()
    page = run.jobs["comment"].folder / "temp" / "gateway" / "plan.html"  # as it came out of the artifact
    assert page.read_text().lower().startswith("<!doctype html>")


def test_a_further_push_updates_the_same_comment_and_touches_no_other(planned, actions, github) -> None:
    planned(MORE)
    first = github.comments[0]["body"]
    people = [github.comment(7, f"{MARKER}\nmine", "mallory"), github.comment(8, f"{MARKER}\nof 8")]
    others = [github.comment(7, f"{MARKER}", "ana") for _ in range(120)]
    github.comments.append(github.comments.pop(0))  # on the second page
    run = planned(MORE.replace("gpt-4o\n", "gpt-5\n"))
    assert run.results == DONE
    assert len(github.comments) == 1 + len(people) + len(others)
    assert "`gpt-5`" in github.comments[-1]["body"]
    assert github.comments[-1]["body"] != first
    assert people[0]["body"] == f"{MARKER}\nmine"
    assert people[1]["body"] == f"{MARKER}\nof 8"
    assert [method for method, _ in github.calls] == ["GET", "POST", "GET", "GET", "PATCH"]


def test_a_pull_request_from_a_fork_has_no_comment_and_says_so(planned, github) -> None:
    run = planned(MORE, fork=True)
    assert run.results == DONE
    assert github.comments == []
    assert "`acme-ai`: 1 to create" in run.jobs["plan"].summary
    assert "read-only" in run.jobs["comment"].summary
    assert [name for name, _ in run.commands] == ["notice"]


def test_a_file_that_cannot_be_used_fails_and_the_comment_says_where_and_why(planned, github) -> None:
    planned(MORE)
    run = planned(BROKEN)
    assert run.results == {"plan": "failure", "comment": "success"}
    (comment,) = github.comments
    assert "did you mean `litellm` or" in comment["body"]
    assert "gateway.yaml:8:" in comment["body"]
    assert run.outputs == {"changes": ""}
    assert ("error", "The plan has errors") in run.commands
    planned(MORE)
    assert len(github.comments) == 1
    assert "1 to create" in comment["body"]


def test_a_pull_request_that_changes_no_model_says_so(planned, github) -> None:
    run = planned(EXAMPLE + "# a remark\n")
    assert run.outputs == {"changes": "false"}
    assert "`acme-ai`: no changes" in github.comments[0]["body"]


def test_deleting_most_endpoints_is_red_until_the_file_consents(actions, repository, github) -> None:
    repository.push({"gateway.yaml": THREE})
    less = THREE[: THREE.index("  b:")]
    run = actions.run("gateway-plan", repository.pull({"gateway.yaml": less}), "pull_request")
    assert run.results == {"plan": "failure", "comment": "success"}
    line = "removed: [{address: endpoint.b}, {address: endpoint.c}]"
    assert "--allow-delete endpoint.b --allow-delete endpoint.c" in github.comments[0]["body"]
    assert line in run.log
    assert line in github.comments[0]["body"]
    run = actions.run("gateway-plan", repository.pull({"gateway.yaml": f"{less}{line}\n"}), "pull_request")
    assert run.results == DONE
    assert "4 to delete" in github.comments[0]["body"]


def test_the_first_pull_request_has_nothing_to_compare_with(actions, repository, github) -> None:
    run = actions.run("gateway-plan", repository.pull({"gateway.yaml": EXAMPLE}), "pull_request")
    assert run.results == DONE
    assert "`acme-ai`: 7 to create" in github.comments[0]["body"]
    assert "against an empty state" in github.comments[0]["body"]


def test_a_state_in_git_can_be_what_it_is_compared_with(actions, repository, github) -> None:
    repository.push({"gateway.yaml": EXAMPLE})
    run = actions.run("gateway-plan", repository.pull({"gateway.yaml": MORE}), "pull_request", {"against": "state"})
    assert run.results == DONE
    assert "`acme-ai`: 8 to create" in github.comments[0]["body"]


def test_a_lock_file_can_be_demanded(planned, github) -> None:
    shared = "state: postgresql://db.acme.example/team\n"
    run = planned(f"{EXAMPLE}{shared}", locked=True)  # servers on localhost are each machine's, and in no lock file
    assert run.results == DONE
    run = planned(f"{EXAMPLE.replace('preset: litellm ', 'base_url: https://llm.acme.example ')}{shared}", locked=True)
    assert run.results == {"plan": "failure", "comment": "success"}
    body = github.comments[0]["body"]
    assert "The lock file has no list for endpoint.litellm" in body.partition("### The lock file is out of date")[2]
    assert "`acme-ai`: 1 to update" in body


def test_two_gateways_of_one_repository_have_a_comment_each(actions, repository, github) -> None:
    over = "name: ${TEAM}\nendpoints: {laptop: null}\nroles: {chat: litellm/gpt-4o-mini}\n"
    both = {f"teams/{each}/{name}": text for each in "ab" for name, text in (("gw.yaml", EXAMPLE), ("over.yaml", over))}
    ref = repository.pull(both)
    for each in "ab":
        given = {"directory": f"teams/{each}", "files": "gw.yaml\nover.yaml\n", "variables": f"TEAM=team-{each}"}
        assert actions.run("gateway-plan", ref, "pull_request", given).results == DONE
    heads = [comment["body"].splitlines()[:4] for comment in github.comments]
    assert [head[0] for head in heads] == [f"<!-- gwctl plan: teams/{each}/gw.yaml+over.yaml+ -->" for each in "ab"]
    assert "`team-b`" in heads[1][3]


def test_without_a_comment_nobody_is_called(planned, github) -> None:
    run = planned(MORE, comment=False)
    assert run.results == {"plan": "success", "comment": "skipped"}
    assert github.calls == []


def test_in_a_merge_queue_it_is_compared_with_what_main_has_then_and_is_no_comment(actions, repository, github) -> None:
    repository.push({"gateway.yaml": EXAMPLE})
    repository.pull({"gateway.yaml": MORE})
    run = actions.run("gateway-plan", repository.queue(7), "merge_group")
    assert run.results == {"plan": "success", "comment": "skipped"}
    assert "`acme-ai`: 1 to create" in run.summary
    assert github.calls == []
    broken = repository.pull({"gateway.yaml": BROKEN}) and repository.queue(7)
    assert actions.run("gateway-plan", broken, "merge_group").results == {"plan": "failure", "comment": "skipped"}


@pytest.mark.parametrize("event", ["push", "workflow_dispatch"])
def test_a_branch_is_compared_with_where_it_left_main(actions, repository, github, event: str) -> None:
    repository.push({"gateway.yaml": EXAMPLE})
    repository.pull({"gateway.yaml": MORE})
    repository.push({"gateway.yaml": EXAMPLE.replace("      - gpt-4o-mini\n", "")})
    run = actions.run("gateway-plan", "refs/heads/work", event)
    assert run.results == {"plan": "success", "comment": "skipped"}
    assert "`acme-ai`: 1 to create" in run.summary
    run = actions.run("gateway-plan", "refs/heads/main", event)  # and main with its last commit
    assert "`acme-ai`: 1 to update, 1 to delete" in run.summary
    assert github.calls == []


def test_runs_that_a_merge_waits_for_do_not_cancel_one_another() -> None:
    group = read("gateway-plan")["concurrency"]["group"]
    inputs = {"directory": ".", "artifact": "a"}
    result = {
        fill(group, {"inputs": inputs, "github": {"ref": ref, "event": {"pull_request": {"number": number}}}})
        for ref, number in [("a", None), ("b", None), ("a", 7), ("a", 8)]
    }
    assert len(result) == 4


@pytest.mark.parametrize("event", ["pull_request_target", "issue_comment", "workflow_run", "schedule"])
def test_any_other_event_is_refused_before_anything_is_read(actions, repository, github, event: str) -> None:
    run = actions.run("gateway-plan", repository.pull({"gateway.yaml": EXAMPLE}), event)
    assert run.results == {"plan": "failure", "comment": "skipped"}
    assert [step.name for step in run.jobs["plan"].steps] == ["Refuse other events"]


@pytest.mark.parametrize("given", [{"against": "main"}, {"mode": "online"}])
def test_a_word_that_an_input_does_not_know_is_refused(planned, github, given) -> None:
    run = planned(MORE, **given)
    assert run.results == {"plan": "failure", "comment": "skipped"}
    assert run.commands[-1][0] == "error"
