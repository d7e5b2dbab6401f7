"""Pipelines remember nothing: what the shared state records gets its secret, and what is new waits for a name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.workflows.actions import Run
from tests.workflows.gateways import team
from tests.workflows.gitlab_api import JOB_TOKEN

SECRET = f"TEAM_KEY=quokka-7f341d0\nNEW_KEY=wombat-22c81aa\nGWCTL_HTTP_USERNAME=ci\nGWCTL_HTTP_PASSWORD={JOB_TOKEN}\n"
# Not on loopback, where a first use is free of asking; nobody answers there, so that the declared model is taken.
NEW = "endpoints:\n  new: {base_url: 'https://new.invalid', timeout: 1s, key: {env: NEW_KEY}, models: [x]}\n"


@pytest.fixture
def runs(actions, gitlab) -> Callable[..., Run]:
    """A run with the state at GitLab's, whose URL the caller gives."""
    state = f"{gitlab.api}/projects/1234/terraform/state/acme"

    def run(name: str, event: str = "push", **inputs: Any) -> Run:
        return actions.run(name, "refs/heads/main", event, {"state": state, **inputs}, SECRET)

    return run


@pytest.fixture
def applied(runs, repository, server) -> str:
    """Main is applied; its text."""
    server.lists("gpt")
    text = team(server.url)
    repository.push({"gateway.yaml": text})
    assert runs("gateway-apply", "workflow_dispatch", **{"allow-host": "team"}).results["apply"] == "success"
    return text


def test_what_the_shared_state_records_gets_its_key_in_any_checkout(runs, applied, server) -> None:
    asked = len(server.requests)
    assert runs("gateway-apply").outputs == {"changes": "false"}
    assert runs("gateway-drift", "schedule").outputs == {"drift": "false"}
    assert {request.headers.get("authorization") for request in server.requests[asked:]} == {"Bearer quokka-7f341d0"}


def test_a_new_endpoint_with_a_key_waits_for_its_name_and_is_no_fault_of_the_night(
    runs, applied, repository, github
) -> None:
    repository.push({"gateway.yaml": applied.replace("endpoints:\n", NEW)})
    run = runs("gateway-drift", "schedule")
    assert run.results == {"plan": "success", "issue": "success"}
    assert run.outputs == {"drift": "unknown"}
    assert github.issues == []
    run = runs("gateway-apply")
    assert run.results == {"plan": "failure", "apply": "skipped"}
    assert "KEY_WITHHELD" in run.commands[-1][1]
    run = runs("gateway-apply", "workflow_dispatch", **{"allow-host": "new"})
    assert run.results == {"plan": "success", "apply": "success"}
    assert runs("gateway-apply").outputs == {"changes": "false"}


def test_where_the_files_are_reviewed_a_merge_agrees(runs, applied, repository) -> None:
    repository.push({"gateway.yaml": applied.replace("endpoints:\n", NEW)})
    assert runs("gateway-apply", trust="file").results == {"plan": "success", "apply": "success"}


def test_a_recorded_endpoint_that_moves_elsewhere_is_an_error_of_the_night(runs, applied, repository, server) -> None:
    asked = len(server.requests)
    repository.push({"gateway.yaml": applied.replace(server.url, "https://evil.invalid")})
    run = runs("gateway-drift", "schedule")
    assert run.results == {"plan": "failure", "issue": "skipped"}
    assert "KEY_WITHHELD" in run.commands[-1][1]
    assert len(server.requests) == asked


def test_a_state_that_only_the_file_names_gets_no_password(actions, applied, repository) -> None:
    repository.push({"gateway.yaml": f"{applied}state: https://state.invalid/acme\n"})
    run = actions.run("gateway-apply", "refs/heads/main", "push", {}, SECRET)
    assert run.results == {"plan": "failure", "apply": "skipped"}
    assert "credential (GWCTL_HTTP_PASSWORD) is withheld from https://state.invalid" in run.log
