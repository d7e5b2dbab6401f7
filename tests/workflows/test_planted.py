"""Nothing of a checkout runs in a workflow or a GitLab job, whatever the repository has at its root.

Each is run twice in the same directory, on every event that a required check gets, with a Python that is not played.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from tests.support.command import Gwctl
from tests.workflows.actions import ROOT, Actions
from tests.workflows.gateways import EXAMPLE, MORE, team
from tests.workflows.gitlab_api import JOB_TOKEN, NOTE_TOKEN
from tests.workflows.pipelines import Pipelines
from tests.workflows.planted import configure, planted
from tests.workflows.python import REAL, isolated_python

KEY = "quokka-7f341d0"
TOOLS = ["bash", "cat", "cp", "gh", "git", "mkdir", "mktemp", "mv", "rm", "sed", "sha256sum", "tar"]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the workflows run on Linux")


@pytest.fixture
def marks(tmp_path: Path) -> Path:
    """Return the directory in which a planted file leaves its mark when run."""
    path = tmp_path / "marks"
    path.mkdir()
    return path


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """The programs that workflows may call, and no other."""
    path = tmp_path / "tools"
    path.mkdir()
    for name in TOOLS:
        where = shutil.which(name, path="/usr/bin:/bin")
        assert where or name == "gh", name
        (path / name).symlink_to(where or "/bin/false")
    return path


@pytest.fixture
def runner(actions: Actions, tools: Path, warm_gwctl: str) -> Actions:
    """A runner of one's own, which keeps its directories."""
    actions.kept = True
    actions.programs = tools
    actions.program("python", isolated_python(warm_gwctl))
    return actions


def ran(marks: Path) -> list[str]:
    return sorted(str(path.relative_to(marks)) for path in marks.rglob("*"))


def test_what_is_planted_runs_where_nobody_takes_care(marks, tmp_path) -> None:
    for name, text in planted(marks).items():
        path = tmp_path / "checkout" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
    for words in (["-c", "import secrets, json"], ["-m", "pip"], ["-m", "reconciler"]):
        subprocess.run([REAL, *words], cwd=tmp_path / "checkout", check=False, capture_output=True)
    subprocess.run(["./gwctl"], cwd=tmp_path / "checkout", check=True)
    assert {"secrets", "json", "__main__", "pip", "reconciler", "program-gwctl"} <= set(ran(marks))


@pytest.mark.parametrize("event", ["pull_request", "merge_group", "push", "workflow_dispatch"])
def test_of_a_pull_request(runner, repository, github, marks, event: str) -> None:
    repository.push({"gateway.yaml": EXAMPLE, **planted(marks)})
    ref = repository.pull({"gateway.yaml": MORE})
    ref = {"pull_request": ref, "merge_group": repository.queue(7)}.get(event, "refs/heads/work")
    runner.checked_out = lambda work: configure(work / ".git", marks)
    for _ in "twice":
        run = runner.run("gateway-plan", ref, event)
        assert run.results == {"plan": "success", "comment": "success" if event == "pull_request" else "skipped"}
        assert run.outputs == {"changes": "true"}
        assert "`acme-ai`: 1 to create" in run.summary
        assert ran(marks) == []


@pytest.mark.parametrize("event", ["push", "workflow_dispatch"])
def test_of_what_is_applied_and_drifts(runner, repository, github, server, marks, tmp_path, event: str) -> None:
    server.lists("gpt")
    repository.push({"gateway.yaml": team(server.url), **planted(marks)})
    given = {"state": f"file:{tmp_path / 'store' / 'state.json'}", "trust": "file"}
    for changes in ("true", "false"):
        run = runner.run("gateway-apply", "refs/heads/main", event, given, f"TEAM_KEY={KEY}")
        assert run.results == {"plan": "success", "apply": "success" if changes == "true" else "skipped"}
        assert run.outputs == {"changes": changes}
        run = runner.run("gateway-drift", "refs/heads/main", event, given, f"TEAM_KEY={KEY}")
        assert run.outputs == {"drift": "false"}
        assert ran(marks) == []


def test_in_jobs_of_gitlab(gitlab, repository, server, marks, tools, tmp_path, warm, warm_gwctl) -> None:
    server.lists("gpt")
    text = team(server.url, more=f"state: {gitlab.api}/projects/1234/terraform/state/acme-ai\n")
    repository.push({"gateway.yaml": text})
    ana = {"GWCTL_HTTP_USERNAME": "ana", "GWCTL_HTTP_PASSWORD": JOB_TOKEN, "TEAM_KEY": KEY}
    Gwctl(repository.folder, tmp_path, warm)("lock", **ana)
    repository.push(planted(marks))
    repository.pull({"gateway.yaml": text.replace("[gpt]", "[gpt, gpt-4o]")})
    runs = Pipelines(gitlab, repository, tmp_path)
    runs.kept, runs.programs = True, tools
    runs.checked_out = lambda work: configure(work / ".git", marks)
    runs.program("python3", isolated_python(warm_gwctl))
    for _ in "twice":
        assert runs("gateway-plan", "heads/work") == 0
        assert runs("gateway-note", "heads/work", GATEWAY_NOTE_TOKEN=NOTE_TOKEN) == 0
        assert runs("gateway-save", TEAM_KEY=KEY) == 0
        assert runs("gateway-apply") == 0
        assert runs("gateway-drift", TEAM_KEY=KEY) == 0
        assert ran(marks) == []
    assert "`acme`: 1 to create" in gitlab.notes[-1]["body"]


def test_nor_while_it_is_installed(runner, repository, github, marks, tmp_path) -> None:
    """A whole installation, by pip, into an environment that venv makes."""
    runner.program("python", f'exec {REAL} "$@"')
    repository.push({"gateway.yaml": EXAMPLE, **planted(marks)})
    run = runner.run(
        "gateway-plan", repository.pull({"gateway.yaml": MORE}), "pull_request", {"gwctl": str(wheel(tmp_path))}
    )
    assert run.results == {"plan": "success", "comment": "success"}
    assert ran(marks) == []


def test_the_console_script_looks_beside_itself_and_not_where_it_is_called(marks, tmp_path) -> None:
    for name, text in planted(marks).items():
        path = tmp_path / "checkout" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "checkout" / "gateway.yaml").write_text(EXAMPLE)
    script = Path(sys.executable).with_name("gwctl")
    command = [str(script), "plan", "--offline"]
    done = subprocess.run(command, cwd=tmp_path / "checkout", capture_output=True, text=True, check=False)
    assert "7 to create" in done.stdout, done.stderr
    assert ran(marks) == []


def wheel(folder: Path) -> Path:
    """A wheel of gwctl that holds no more than the way to this checkout and to what it needs."""
    path = folder / "gwctl-0.1.0-py3-none-any.whl"
    info = "gwctl-0.1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("gwctl_of_the_tests.pth", f"{ROOT}\n{sysconfig.get_path('purelib')}\n")
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: gwctl\nVersion: 0.1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        names = ["gwctl_of_the_tests.pth", f"{info}/METADATA", f"{info}/WHEEL", f"{info}/RECORD"]
        archive.writestr(f"{info}/RECORD", "".join(f"{name},,\n" for name in names))
    return path
