"""Runs the jobs of docs/using/gitlab.md as GitLab's runner does: each script in bash, in a checkout of its commit."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from tests.workflows.actions import ROOT
from tests.workflows.document import blocks
from tests.workflows.gitlab_api import JOB_TOKEN, GitLab
from tests.workflows.jobs import Environ
from tests.workflows.repository import Repository, git

(FILE,) = blocks(ROOT / "docs" / "using" / "gitlab.md")
JOBS: dict[str, Any] = yaml.safe_load(FILE.text)


class Pipelines:
    """A runner; artifacts go from job to job."""

    def __init__(self, gitlab: GitLab, repository: Repository, folder: Path) -> None:
        self.kept = False  # whether a job finds its directory as the last one left it, as on a runner of one's own
        self.programs: Path | None = None  # those that there are, where it is not all of the machine's
        self.checked_out: Callable[[Path], None] = lambda _work: None  # what becomes of a checkout
        self._repository = repository
        self._folder = folder
        self._artifacts: dict[str, bytes] = {}
        (folder / "programs").mkdir()
        (folder / "scratch").mkdir()
        (folder / "home").mkdir()
        self._given = {
            "HOME": str(folder / "home"),
            "TMPDIR": str(folder / "scratch"),
            "CI_JOB_ID": "7",
            "CI_PIPELINE_ID": "40",
            "CI_PROJECT_ID": "1234",
            "CI_API_V4_URL": gitlab.api,
            "CI_JOB_TOKEN": JOB_TOKEN,
            "CI_MERGE_REQUEST_IID": "3",
            "GITLAB_CI": "true",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
        }

    def program(self, name: str, text: str) -> None:
        """A program that scripts find before all others."""
        path = self._folder / "programs" / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def __call__(self, name: str, commit: str = "heads/main", **more: str) -> int:
        """One job for that commit; its exit code. Nothing of it is left but its artifacts and its directory."""
        job, folder = JOBS[name], self._checkout(commit)
        for path, data in self._artifacts.items():
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_bytes(data)
        environ = self._environ(job, folder) | more
        self.checked_out(folder)
        script = "\n".join([*job.get("before_script", JOBS["default"]["before_script"]), *job["script"]])
        command = ["bash", "-eo", "pipefail", "-c", script]
        done = subprocess.run(command, cwd=folder, env=environ, check=False, timeout=120)
        assert not list((self._folder / "scratch").iterdir())
        for path in job.get("artifacts", {}).get("paths", []):
            if (folder / path).exists():
                self._artifacts[path] = (folder / path).read_bytes()
        return done.returncode

    def forget_artifacts(self) -> None:
        """The next job gets none: that of another pipeline, say."""
        self._artifacts.clear()

    def _checkout(self, commit: str) -> Path:
        number = 0 if self.kept else len(list(self._folder.glob("job-*")))
        folder = self._folder / f"job-{number}"
        (folder / ".git" / "config").unlink(missing_ok=True)
        git(self._folder, "init", "-q", str(folder))
        git(folder, "fetch", "-q", str(self._repository.folder), "+refs/*:refs/remotes/origin/*")
        git(folder, "checkout", "-q", "--force", "--detach", f"origin/{commit}")
        return folder

    def _environ(self, job: dict[str, Any], folder: Path) -> Environ:
        base = git(folder, "merge-base", "HEAD", "origin/heads/main")
        path = f"{self._folder / 'programs'}:{self.programs or '/usr/bin:/bin'}"
        environ = self._given | {"PATH": path, "CI_PROJECT_DIR": str(folder), "CI_MERGE_REQUEST_DIFF_BASE_SHA": base}
        variables = {**JOBS.get(job.get("extends", ""), {}).get("variables", {}), **job.get("variables", {})}
        filled = {key: re.sub(r"\$(\w+)", lambda match: environ[match[1]], value) for key, value in variables.items()}
        return environ | filled
