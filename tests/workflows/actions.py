"""Runs a reusable workflow as GitHub Actions would, job after job, for an event in a repository.

gwctl is the one of this checkout; what pip was to install is only written down (test_install.py and test_planted.py
install).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.forks import Warm
from tests.workflows.expressions import condition, fill
from tests.workflows.github_api import GitHub
from tests.workflows.jobs import Environ, Job, JobRun, Site, status
from tests.workflows.python import played_python
from tests.workflows.repository import Repository, git

ROOT = Path(__file__).parents[2]
WORKFLOWS = ROOT / ".github" / "workflows"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
COMMIT = "0123456789abcdef0123456789abcdef01234567"  # of the workflow, as its caller pinned it
TOKEN = "the token of this job"


def read(name: str) -> dict[str, Any]:
    """The workflow of that name, with `on` as it is written."""
    text = (WORKFLOWS / f"{name}.yml").read_text(encoding="utf-8")
    result: dict[Any, Any] = yaml.load(text, Loader=_LOADER)
    return {"on" if key is True else key: value for key, value in result.items()}  # YAML 1.1 reads `on` as true


@dataclass(frozen=True)
class Run:
    """The result of a run."""

    jobs: dict[str, Job]
    outputs: dict[str, str]

    @property
    def results(self) -> dict[str, str]:
        """The result of each job."""
        return {name: job.result for name, job in self.jobs.items()}

    @property
    def log(self) -> str:
        """All that a reader sees of it."""
        return "\n".join(job.log.text for job in self.jobs.values())

    @property
    def commands(self) -> list[tuple[str, str]]:
        """The workflow commands that were obeyed, but for those that stop commands."""
        result = (command for job in self.jobs.values() for command in job.log.commands)
        return [each for each in result if each[0] != "stop-commands"]

    @property
    def summary(self) -> str:
        """The summaries of its jobs."""
        return "".join(job.summary for job in self.jobs.values())


class Actions:
    """The runner, and what a run of a workflow gets from its event and its caller."""

    def __init__(self, repository: Repository, github: GitHub, folder: Path, gwctl: str) -> None:
        self.between: Callable[[str], None] = lambda _job: None  # what happens in the world before a job begins
        self.checked_out: Callable[[Path], None] = lambda _work: None  # what becomes of a checkout
        self.environ: Environ = {}  # more than a runner has, for tests that look into a step
        self.pip = folder / "pip.txt"  # what was to be installed
        self.artifacts = folder
        self.kept = False  # whether a job finds its directory as the last run left it, as on a runner of one's own
        self.programs: Path | None = None  # those that there are, where it is not all of the machine's
        self._repository = repository
        self._github = github
        self._folder = folder
        self._runs = 0
        folder.mkdir()
        (folder / "home").mkdir()
        self.program("python", played_python(self.pip, gwctl))

    def program(self, name: str, text: str) -> None:
        """A program that steps find before all others."""
        path = self._folder / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def run(
        self,
        name: str,
        ref: str,
        event: str,
        inputs: Mapping[str, Any] | None = None,
        secret: str | Mapping[str, str] = "",
        fork: bool = False,
    ) -> Run:
        """One run of that workflow for that ref; `secret` is GATEWAY_ENV, or what each environment has by that name."""
        self._runs += 1
        workflow, jobs = read(name), dict[str, Job]()
        folder, contexts = self._folder / f"run-{self._runs}", self._contexts(workflow, ref, event, inputs or {})
        self.artifacts, site_of = folder / "artifacts", self._folder / "kept" / name if self.kept else folder
        shell, environ = workflow["defaults"]["run"]["shell"], self._base_environ(ref)
        for key, spec in workflow["jobs"].items():
            needs = [jobs[each] for each in [spec.get("needs")] if each]
            contexts["needs"] = {spec.get("needs"): {"outputs": need.outputs} for need in needs}
            contexts["secrets"] = {"GATEWAY_ENV": _of_environment(secret, fill(spec.get("environment", ""), contexts))}
            jobs[key] = Job()
            if condition(spec.get("if"), contexts, status(any(need.result != "success" for need in needs))):
                self.between(key)
                self._github.rights = {key: "read" if fork else level for key, level in spec["permissions"].items()}
                site = Site(
                    folder=site_of / key,
                    artifacts=folder / "artifacts",
                    repository=self._repository.folder,
                    environ=environ,
                    shell=shell,
                    checked_out=self.checked_out,
                )
                jobs[key] = JobRun(spec, contexts, site).result()
        return Run(jobs, _outputs(workflow, jobs))

    def _contexts(self, workflow: dict[str, Any], ref: str, event: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        declared = workflow["on"]["workflow_call"]["inputs"]
        assert inputs.keys() <= declared.keys()  # GitHub refuses what is not declared
        number = int(ref.split("/")[2]) if "/pull/" in ref else None
        return {
            "inputs": {key: each["default"] for key, each in declared.items()} | dict(inputs),
            "job": {"workflow_repository": "acme/gwctl", "workflow_sha": COMMIT},
            "github": {
                "event_name": event,
                "ref": ref,
                "repository": self._github.repository,
                "run_id": self._runs,
                "server_url": "https://github.com",
                "token": TOKEN,
                "event": {
                    "pull_request": {"number": number},
                    "merge_group": {"base_sha": git(self._repository.folder, "rev-parse", "main")}
                    if event == "merge_group"
                    else None,
                    "repository": {"default_branch": "main"},
                },
            },
        }

    def _base_environ(self, ref: str) -> Environ:
        return {
            "PATH": f"{self._folder / 'bin'}:{self.programs or '/usr/bin:/bin'}",
            "HOME": str(self._folder / "home"),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_REPOSITORY": self._github.repository,
            "GITHUB_RUN_ID": str(self._runs),
            "GITHUB_REF": ref,
            **self._github.environ,
            **self.environ,
        }


def _of_environment(secret: str | Mapping[str, str], environment: str) -> str:
    return secret if isinstance(secret, str) else secret.get(environment, "")


def _outputs(workflow: dict[str, Any], jobs: dict[str, Job]) -> dict[str, str]:
    contexts = {"jobs": {key: {"outputs": job.outputs} for key, job in jobs.items()}}
    return {key: fill(output["value"], contexts) for key, output in workflow["on"]["workflow_call"]["outputs"].items()}


@pytest.fixture(scope="session")
def warm_gwctl(warm: Warm) -> str:
    """gwctl in forks of one process, as a line of shell."""
    return warm.shell


@pytest.fixture
def actions(request: pytest.FixtureRequest, repository: Repository, github: GitHub, tmp_path: Path) -> Actions:
    """A runner on Linux, as the workflows ask for."""
    if sys.platform != "linux":
        pytest.skip("the workflows run on Linux")
    return Actions(repository, github, tmp_path / "runner", request.getfixturevalue("warm_gwctl"))
