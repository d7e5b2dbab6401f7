"""One job of a workflow, run as GitHub's runner does: every step in order, every `run:` in bash.

The four actions of GitHub's that the workflows use are played: a checkout is a real shallow fetch, an artifact is a
directory.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.workflows.expressions import Functions, condition, fill
from tests.workflows.log import Log
from tests.workflows.repository import git

Environ = dict[str, str]


@dataclass
class Step:
    """One step that ran: its environment, and how it ended."""

    name: str
    environ: Environ
    code: int
    output: str


@dataclass(kw_only=True)
class Job:
    """The outcome of a job."""

    result: str = "skipped"
    outputs: dict[str, str] = field(default_factory=dict)
    environment: str = ""
    steps: list[Step] = field(default_factory=list)
    log: Log = field(default_factory=Log)
    summary: str = ""
    folder: Path = Path()


@dataclass(frozen=True, kw_only=True)
class Site:
    """The place of a job: its directory, the run's artifacts, the repository, and each step's environment."""

    folder: Path
    artifacts: Path
    repository: Path
    environ: Environ
    shell: str
    checked_out: Callable[[Path], None]


class JobRun:
    """Runs one job."""

    def __init__(self, spec: dict[str, Any], contexts: Mapping[str, Any], site: Site) -> None:
        for each in ("work", "temp"):
            (site.folder / each).mkdir(parents=True, exist_ok=True)
        self._spec = spec
        self._contexts = {**contexts, "runner": {"temp": str(site.folder / "temp")}, "steps": {}}
        self._site = site
        self._job = Job(result="success", environment=fill(spec.get("environment", ""), contexts), folder=site.folder)
        self._summary = site.folder / "summary.md"
        self._summary.write_text("")

    def result(self) -> Job:
        """All steps whose time has come; a failed one fails the job."""
        for number, step in enumerate(self._spec["steps"]):
            functions = status(self._job.result == "failure")
            if condition(step.get("if"), self._contexts, functions) and not self._done(step, number):
                self._job.result = "failure"
        self._job.outputs = {key: fill(output, self._contexts) for key, output in self._spec.get("outputs", {}).items()}
        self._job.summary = self._summary.read_text(encoding="utf-8")
        return self._job

    def _done(self, step: dict[str, Any], number: int) -> bool:
        if "run" in step:
            return self._run(step, number)
        given = {key: fill(each, self._contexts) for key, each in step.get("with", {}).items()}
        return _PLAYED[step["uses"].partition("@")[0]](self, given)

    def _run(self, step: dict[str, Any], number: int) -> bool:
        script, output = self._site.folder / f"step-{number}.sh", self._site.folder / f"output-{number}"
        script.write_text(step["run"], encoding="utf-8")
        output.write_text("")
        environ = self._site.environ | {key: fill(each, self._contexts) for key, each in step.get("env", {}).items()}
        environ |= {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(self._summary)}
        environ |= {"GITHUB_WORKSPACE": str(self._work), "RUNNER_TEMP": str(self._site.folder / "temp")}
        done = subprocess.run(
            [str(script) if word == "{0}" else word for word in self._site.shell.split()],
            cwd=fill(step.get("working-directory", ""), self._contexts) or self._work,
            env={key: _text(value) for key, value in environ.items()},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        self._note(step, environ, done)
        if "id" in step:
            lines = output.read_text(encoding="utf-8").splitlines()
            self._contexts["steps"][step["id"]] = {"outputs": dict(line.split("=", 1) for line in lines)}
        return done.returncode == 0

    def _note(self, step: dict[str, Any], environ: Environ, done: subprocess.CompletedProcess[str]) -> None:
        print(done.stdout + done.stderr)  # pytest shows it where a test fails
        assert "Traceback" not in done.stdout + done.stderr
        self._job.log.feed(done.stdout)
        self._job.log.feed(done.stderr)  # read by itself: nothing on it is stopped by what stdout says
        self._job.steps.append(Step(step.get("name", ""), environ, done.returncode, done.stdout + done.stderr))

    @property
    def _work(self) -> Path:
        return self._site.folder / "work"

    def _check_out(self, given: dict[str, Any]) -> bool:
        depth, url = str(given.get("fetch-depth", 1)), self._site.repository.as_uri()
        (self._work / ".git" / "config").unlink(missing_ok=True)
        git(self._work, "init", "-q")
        if depth == "0":
            git(self._work, "fetch", "-q", url, "+refs/heads/*:refs/remotes/origin/*")
        fetched = [] if depth == "0" else [f"--depth={depth}"]
        git(self._work, "fetch", "-q", *fetched, url, self._contexts["github"]["ref"])
        git(self._work, "checkout", "-q", "--force", "--detach", "FETCH_HEAD")
        self._site.checked_out(self._work)
        return True

    def _set_up_python(self, given: dict[str, Any]) -> bool:
        return bool(given["python-version"])

    def _upload(self, given: dict[str, Any]) -> bool:
        target = self._site.artifacts / given["name"]
        target.mkdir(parents=True, exist_ok=given["overwrite"])
        result = [path for path in map(Path, given["path"].split()) if path.exists()]
        for path in result:
            shutil.copy(path, target)
        return bool(result) or given["if-no-files-found"] != "error"

    def _download(self, given: dict[str, Any]) -> bool:
        shutil.copytree(self._site.artifacts / given["name"], given["path"], dirs_exist_ok=True)
        return True


_PLAYED: dict[str, Callable[[JobRun, dict[str, Any]], bool]] = {
    "actions/checkout": JobRun._check_out,
    "actions/setup-python": JobRun._set_up_python,
    "actions/upload-artifact": JobRun._upload,
    "actions/download-artifact": JobRun._download,
}


def status(failed: bool) -> Functions:
    """The functions of expressions, for a job or a step after all that came before it."""
    return {
        "success": lambda: not failed,
        "failure": lambda: failed,
        "cancelled": lambda: False,
        "always": lambda: True,
        "startsWith": lambda text, start: str(text).lower().startswith(start.lower()),
        "contains": lambda among, text: text in among,
        "fromJSON": json.loads,
    }


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
