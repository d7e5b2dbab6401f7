"""docs/gitlab.md: the pipeline that it shows, every script of it in bash, against GitLab's state and notes."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.command import Gwctl
from tests.workflows.actions import ROOT
from tests.workflows.document import blocks
from tests.workflows.gateways import team
from tests.workflows.gitlab_api import JOB_TOKEN, NOTE_TOKEN, OTHER
from tests.workflows.repository import git

(FILE,) = blocks(ROOT / "docs" / "gitlab.md")
JOBS: dict[str, Any] = yaml.safe_load(FILE.text)
MARKER = "<!-- gwctl plan: gateway.yaml -->"
KEY = "quokka-7f341d0"
Runs = Callable[..., int]


@pytest.fixture
def runs(gitlab, repository, tmp_path: Path, warm_gwctl: str) -> Runs:
    """Runs one job in a checkout of that commit; artifacts go from job to job. Gives its exit code."""
    if sys.platform != "linux":
        pytest.skip("the pipeline runs on Linux")
    programs = tmp_path / "programs"
    programs.mkdir()
    for name, text in {"gwctl": warm_gwctl, "pip": "", "python3": f'exec {sys.executable} "$@"'}.items():
        (programs / name).write_text(f"#!/bin/sh\n{text}\n")
        (programs / name).chmod(0o755)
    given = {"PATH": f"{programs}:/usr/bin:/bin", "HOME": str(tmp_path), "CI_JOB_ID": "7", "CI_PROJECT_ID": "1234"}
    given |= {"CI_API_V4_URL": gitlab.api, "CI_JOB_TOKEN": JOB_TOKEN, "CI_MERGE_REQUEST_IID": "3", "GITLAB_CI": "true"}
    given |= {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
    artifacts: dict[str, bytes] = {}

    def run(name: str, commit: str = "main", **more: str) -> int:
        job, folder = JOBS[name], tmp_path / f"job-{len(list(tmp_path.glob('job-*')))}"
        subprocess.run(["git", "clone", "-q", str(repository.folder), str(folder)], check=True)
        git(folder, "checkout", "-q", commit)
        for path, data in artifacts.items():
            (folder / path).write_bytes(data)
        variables = {**JOBS.get(job.get("extends", ""), {}).get("variables", {}), **job.get("variables", {})}
        environ = given | {"CI_MERGE_REQUEST_DIFF_BASE_SHA": git(folder, "rev-parse", "origin/main")} | more
        environ |= {key: re.sub(r"\$(\w+)", lambda found: environ[found[1]], value) for key, value in variables.items()}
        script = "\n".join([*job.get("before_script", JOBS["default"]["before_script"]), *job["script"]])
        done = subprocess.run(["bash", "-eo", "pipefail", "-c", script], cwd=folder, env=environ, check=False)
        for path in job.get("artifacts", {}).get("paths", []):
            if (folder / path).exists():
                artifacts[path] = (folder / path).read_bytes()
        return done.returncode

    return run


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
    assert runs("gateway-plan", "origin/work") == 0
    assert not gitlab.asked
    assert runs("gateway-note", "origin/work", GATEWAY_NOTE_TOKEN=NOTE_TOKEN) == 0
    note = gitlab.notes[-1]
    assert note["body"].startswith(f"{MARKER}\n<!-- gwctl plan: acme -->")
    assert "`acme`: 1 to create" in note["body"]
    repository.pull({"gateway.yaml": main.replace("[gpt]", "[gpt, gpt-5, gpt-6]")})
    assert runs("gateway-plan", "origin/work") == 0
    assert runs("gateway-note", "origin/work", GATEWAY_NOTE_TOKEN=NOTE_TOKEN) == 0
    assert len(gitlab.notes) == 2 + len(others)
    assert "`acme`: 2 to create" in note["body"]
    assert foreign["body"] == f"{MARKER}\nmine"


def test_a_file_that_cannot_be_used_is_red_and_the_note_says_why(runs, gitlab, repository, main) -> None:
    repository.pull({"gateway.yaml": main.replace("models:", "modells:")})
    assert runs("gateway-plan", "origin/work") == 1
    assert runs("gateway-note", "origin/work", GATEWAY_NOTE_TOKEN=NOTE_TOKEN) == 0
    assert "did you mean `models`?" in gitlab.notes[-1]["body"]


def test_main_is_applied_as_it_was_saved_and_drift_is_red(runs, gitlab, repository, main, server) -> None:
    ana = {"GWCTL_HTTP_USERNAME": "ana", "GWCTL_HTTP_PASSWORD": JOB_TOKEN, "TEAM_KEY": KEY}
    Gwctl(repository.folder, repository.folder.parent)("lock", **ana)
    repository.push({})
    assert runs("gateway-save", TEAM_KEY=KEY) == 0
    assert runs("gateway-apply") == 0
    assert runs("gateway-apply") == 1  # a plan is applied once
    assert gitlab.rules.kept["/api/v4/projects/1234/terraform/state/acme-ai"].versions.keys() == {1}
    assert runs("gateway-drift", TEAM_KEY=KEY) == 0
    server.lists("gpt", "new")
    assert runs("gateway-drift", TEAM_KEY=KEY) == 2


def test_no_job_of_a_merge_request_has_the_state_s_password() -> None:
    jobs = [job for name, job in JOBS.items() if name != "workflow" and "merge_request_event" in str(job)]
    assert len(jobs) == 2
    assert not [job for job in jobs if "GWCTL_HTTP" in str(job) or "extends" in job]
