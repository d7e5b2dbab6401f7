"""docs/using/gitlab.md: the pipeline that it shows, every script of it in bash, against GitLab's state and notes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.support.command import Gwctl
from tests.workflows.gateways import team
from tests.workflows.gitlab_api import JOB_TOKEN, NOTE_TOKEN, OTHER
from tests.workflows.pipelines import FILE, JOBS, Pipelines
from tests.workflows.python import played_python
from tests.workflows.repository import git

MARKER = "<!-- gwctl plan: gateway.yaml -->"
KEY = "quokka-7f341d0"


@pytest.fixture
def runs(gitlab, repository, tmp_path: Path, warm_gwctl: str) -> Pipelines:
    """A runner for these jobs, with gwctl of this checkout."""
    if sys.platform != "linux":
        pytest.skip("the pipeline runs on Linux")
    pipelines = Pipelines(gitlab, repository, tmp_path)
    pipelines.program("python3", played_python(tmp_path / "pip.txt", warm_gwctl))
    return pipelines


@pytest.fixture
def main(gitlab, repository, server) -> str:
    """Main has a gateway file whose state GitLab keeps; its text."""
    server.lists("gpt")
    text = team(server.url, more=f"state: {gitlab.api}/projects/1234/terraform/state/acme-ai\n")
    repository.push({"gateway.yaml": text})
    return text


def test_the_schema_of_pipelines(lint, tmp_path: Path) -> None:
    (tmp_path / ".gitlab-ci.yml").write_text(FILE.text, encoding="utf-8")
    command = ["check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", ".gitlab-ci.yml"]
    done = lint(*command, folder=tmp_path)
    assert done.returncode == 0, done.stdout
    (tmp_path / ".gitlab-ci.yml").write_text(
        FILE.text.replace("    when: always", "    when: sometimes"), encoding="utf-8"
    )
    assert lint(*command, folder=tmp_path).returncode == 1


def test_a_merge_request_has_one_note_that_is_kept_up_to_date(runs, gitlab, repository, main) -> None:
    foreign = gitlab.note(f"{MARKER}\nmine", OTHER)
    others = [gitlab.note("hm", OTHER) for _ in range(120)]
    repository.pull({"gateway.yaml": main.replace("[gpt]", "[gpt, gpt-4o]")})
    assert runs("gateway-plan", "heads/work") == 0
    assert not gitlab.asked
    assert runs("gateway-note", "heads/work", GATEWAY_NOTE_TOKEN=NOTE_TOKEN) == 0
    note = gitlab.notes[-1]
    assert note["body"].startswith(f"{MARKER}\n<!-- gwctl plan: acme -->")
    assert "`acme`: 1 to create" in note["body"]
    repository.pull({"gateway.yaml": main.replace("[gpt]", "[gpt, gpt-5, gpt-6]")})
    assert runs("gateway-plan", "heads/work") == 0
    assert runs("gateway-note", "heads/work", GATEWAY_NOTE_TOKEN=NOTE_TOKEN) == 0
    assert len(gitlab.notes) == 2 + len(others)
    assert "`acme`: 2 to create" in note["body"]
    assert foreign["body"] == f"{MARKER}\nmine"


def test_a_file_that_cannot_be_used_is_red_and_the_note_says_why(runs, gitlab, repository, main) -> None:
    repository.pull({"gateway.yaml": main.replace("models:", "modells:")})
    assert runs("gateway-plan", "heads/work") == 1
    assert runs("gateway-note", "heads/work", GATEWAY_NOTE_TOKEN=NOTE_TOKEN) == 0
    assert "did you mean `models`?" in gitlab.notes[-1]["body"]


def test_main_is_applied_as_it_was_saved_and_drift_is_red(runs, gitlab, repository, main, server, warm) -> None:
    ana = {"GWCTL_HTTP_USERNAME": "ana", "GWCTL_HTTP_PASSWORD": JOB_TOKEN, "TEAM_KEY": KEY}
    Gwctl(repository.folder, repository.folder.parent, warm)("lock", **ana)
    repository.push({})
    assert runs("gateway-save", TEAM_KEY=KEY) == 0
    assert runs("gateway-apply") == 0
    assert runs("gateway-apply") == 1  # a plan is applied once
    assert gitlab.rules.kept["/api/v4/projects/1234/terraform/state/acme-ai"].versions.keys() == {1}
    assert runs("gateway-drift", TEAM_KEY=KEY) == 0
    server.lists("gpt", "new")
    assert runs("gateway-drift", TEAM_KEY=KEY) == 2


def test_every_job_runs_twice_in_a_directory_that_is_kept(runs, gitlab, repository, main, server, warm) -> None:
    ana = {"GWCTL_HTTP_USERNAME": "ana", "GWCTL_HTTP_PASSWORD": JOB_TOKEN, "TEAM_KEY": KEY}
    Gwctl(repository.folder, repository.folder.parent, warm)("lock", **ana)
    repository.push({})
    repository.pull({"gateway.yaml": main.replace("[gpt]", "[gpt, gpt-4o]")})
    runs.kept = True
    for _ in "twice":
        assert runs("gateway-plan", "heads/work") == 0
        assert runs("gateway-note", "heads/work", GATEWAY_NOTE_TOKEN=NOTE_TOKEN) == 0
        assert runs("gateway-save", TEAM_KEY=KEY) == 0
        assert runs("gateway-apply") == 0
        assert runs("gateway-drift", TEAM_KEY=KEY) == 0
    (note,) = gitlab.notes
    assert "`acme`: 1 to create" in note["body"]
    assert gitlab.rules.kept["/api/v4/projects/1234/terraform/state/acme-ai"].versions.keys() == {1}


def test_a_plan_that_an_older_pipeline_left_is_not_taken_for_this_one_s(runs, gitlab, repository, main) -> None:
    repository.pull({"gateway.yaml": main.replace("[gpt]", "[gpt, gpt-4o]")})
    runs.kept = True
    assert runs("gateway-plan", "heads/work") == 0
    runs.forget_artifacts()
    assert runs("gateway-note", "heads/work", GATEWAY_NOTE_TOKEN=NOTE_TOKEN, CI_PIPELINE_ID="41") == 1
    assert gitlab.notes == []


def test_a_merge_that_is_tried_is_compared_with_the_branch_that_it_goes_to(runs, gitlab, repository, main) -> None:
    repository.pull({"gateway.yaml": main.replace("[gpt]", "[gpt, gpt-4o]")})
    repository.push({"gateway.yaml": f"{main}defaults: {{chat: team/gpt}}\n"})
    assert repository.open("work", 3) == "refs/pull/3/merge"
    target = git(repository.folder, "rev-parse", "main")
    assert runs("gateway-plan", "pull/3/merge", CI_MERGE_REQUEST_TARGET_BRANCH_SHA=target) == 0
    assert runs("gateway-note", GATEWAY_NOTE_TOKEN=NOTE_TOKEN) == 0
    assert "`acme`: 1 to create" in gitlab.notes[-1]["body"]


def test_no_job_of_a_merge_request_has_the_state_s_password() -> None:
    jobs = [job for name, job in JOBS.items() if name != "workflow" and "merge_request_event" in str(job)]
    assert len(jobs) == 2
    assert not [job for job in jobs if "GWCTL_HTTP" in str(job) or "extends" in job]
