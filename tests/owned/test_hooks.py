"""The git hooks: written and removed whole, by the ledger alone, and beside the hooks of others."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from reconciler import codes
from reconciler.address import HOOK, Address
from reconciler.apply.owned import OwnedContext, carry_out
from reconciler.ledger.owned_rows import OwnedRows
from reconciler.owned.kind import OwnedRun
from reconciler.owned.registry import open_kind
from reconciler.plan.change import Change
from reconciler.resources.presence import Slot
from tests.owned.worlds import rows_of
from tests.scenarios.test_documents import valid
from tests.support.command import Gwctl
from tests.support.forks import Warm
from tests.support.installed import Installed
from tests.support.killable import Killable

pytestmark = pytest.mark.skipif(os.name != "posix" or not shutil.which("git"), reason="git hooks are shell scripts")

GATEWAY = "version: 1\nname: acme\nendpoints:\n  a: {base_url: 'http://127.0.0.1:1', discover: false, models: [m]}\n"
NAMES = ["post-checkout", "post-merge", "post-rewrite"]
IDENTITY = {
    **{f"GIT_{who}_{what}": "ana@acme.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    "GIT_CONFIG_NOSYSTEM": "1",
}


def git(folder: Path, *words: str, **environ: str) -> str:
    """Run git; return what it and its hooks print."""
    own = {"PATH": os.environ["PATH"], "HOME": str(folder), **IDENTITY, **environ}
    done = subprocess.run(["git", *words], cwd=folder, env=own, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def hooks(folder: Path) -> list[str]:
    """Return the names of the hooks that git would run."""
    return sorted(path.name for path in (folder / ".git" / "hooks").iterdir() if path.suffix != ".sample")


@pytest.fixture
def team(tmp_path: Path) -> Path:
    """A team's repository with a gateway file."""
    folder = tmp_path / "team"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / "gateway.yaml").write_text(GATEWAY)
    (folder / ".gitignore").write_text(".gwctl\n")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "one")
    return folder


@pytest.fixture
def clone(gwctl: Gwctl, installation: Installed, team: Path) -> Gwctl:
    """A clone in which the gateway file is applied, with a gwctl that hooks may run."""
    gwctl.warm = installation.warm
    git(gwctl.folder, "clone", "-q", str(team), ".")
    gwctl("apply", "--auto-approve", code=None)
    return gwctl


def test_a_pull_that_changes_the_file_prints_one_line_and_applies_nothing(clone: Gwctl, team: Path) -> None:
    out = clone("hook", "install").out
    assert out.count("Installed: ") == 3
    assert hooks(clone.folder) == NAMES
    assert stat.S_IMODE((clone.folder / ".git" / "hooks" / "post-merge").stat().st_mode) == 0o755
    assert clone("hook", "install").out == "The hooks are installed already.\n"
    assert clone("hook", "status").out.count(": installed\n") == 3
    document = clone("hook", "status", "--format", "json").json
    valid("hooks", document)
    assert sorted((hook["name"], hook["condition"]) for hook in document["hooks"]) == [
        (name, "installed") for name in NAMES
    ]
    assert git(clone.folder, "status", "--porcelain") == ""
    before = clone.state
    (team / "gateway.yaml").write_text(GATEWAY.replace("[m]", "[m, n]"))
    git(team, "commit", "-q", "-a", "-m", "two")
    line = "gwctl: gateway.yaml differs in 1 resource from the last apply here. Next: gwctl plan\n"
    assert git(clone.folder, "pull", "-q", **clone.environ) == line
    assert git(clone.folder, "checkout", "-q", "HEAD~1", **clone.environ) == ""
    assert clone.state == before


def test_a_gwctl_that_is_gone_stops_no_git_command(clone: Gwctl) -> None:
    clone("hook", "install")
    for path in (clone.folder / ".git" / "hooks").glob("post-*"):
        lines = [
            f"python={clone.folder}/gone" if line.startswith("python=") else line
            for line in path.read_text().split("\n")
        ]
        path.name in NAMES and path.write_text("\n".join(lines))
    assert "Next: gwctl hook install" in git(clone.folder, "checkout", "-q", "-b", "other")


def test_a_linked_work_tree_and_a_folder_have_their_own_file(clone: Gwctl, tmp_path: Path) -> None:
    (clone.folder / "ops").mkdir()
    clone.write(GATEWAY, "ops/it's.yaml")
    clone("apply", "--auto-approve", "-f", "ops/it's.yaml", code=None)
    clone("hook", "install", "-f", "ops/it's.yaml")
    text = (clone.folder / ".git" / "hooks" / "post-checkout").read_text()
    assert str(clone.folder) not in text
    git(clone.folder, "add", "-f", "ops")
    git(clone.folder, "commit", "-q", "-m", "ops", **clone.environ)
    said = git(clone.folder, "worktree", "add", "-q", str(tmp_path / "linked"), **clone.environ)
    assert said == "gwctl: ops/it's.yaml is not applied on this machine. Next: gwctl apply -f 'ops/it'\"'\"'s.yaml'\n"


@pytest.mark.parametrize("how", ["foreign", "edited", "link"])
def test_a_hook_of_others_is_left_and_the_line_to_add_is_shown(clone: Gwctl, how: str) -> None:
    place = clone.folder / ".git" / "hooks" / "post-merge"
    place.parent.mkdir(exist_ok=True)
    if how == "edited":
        clone("hook", "install")
    if how == "link":
        (clone.folder / "theirs").write_text("theirs")
        place.symlink_to(clone.folder / "theirs")
    else:
        place.write_text("theirs")
    done = clone("hook", "install", code=1)
    assert how == "link" or "status --line -f gateway.yaml || :" in done.err
    assert place.read_text() == "theirs"
    assert hooks(clone.folder) == NAMES, "the others are written"
    assert clone("plan", "--detailed-exitcode", code=None).code in (0, 1), "a plan changes no hook"
    clone("apply", "--auto-approve", code=None)
    assert place.read_text() == "theirs"
    clone("hook", "remove")
    assert hooks(clone.folder) == ["post-merge"]
    assert place.read_text() == "theirs"


@pytest.mark.parametrize("path", [".githooks", "elsewhere"])
def test_hooks_that_a_pull_could_change_or_that_all_repositories_share_are_refused(
    clone: Gwctl, path: str, tmp_path: Path
) -> None:
    place = clone.folder / path if path.startswith(".") else tmp_path / path
    git(clone.folder, "config", "core.hooksPath", path if path.startswith(".") else str(place))
    err = clone("hook", "install", code=1).err
    assert "core.hooksPath" in err
    assert "status --line -f gateway.yaml || :" in err
    assert not place.exists()


def test_without_a_repository_an_apply_or_a_safe_gwctl_nothing_is_written(
    clone: Gwctl, gwctl: Gwctl, tmp_path: Path, team: Path
) -> None:
    clone.write(GATEWAY.replace("acme", "other"), "other.yaml")
    assert "gwctl apply -f other.yaml" in clone("hook", "install", "-f", "other.yaml", code=1).err
    shutil.rmtree(clone.folder / ".git" / "hooks")
    clone.warm = None  # the tests' own gwctl, in a checkout
    if any((folder / ".git").exists() for folder in Path(clone.command()[0]).parents):
        assert "in the working tree" in clone("hook", "install", code=1).err
    assert not (clone.folder / ".git" / "hooks").exists()
    shutil.rmtree(clone.folder / ".git")
    assert "is not in a work tree of git" in clone("hook", "install", code=1).err
    document = clone("hook", "status", "--format", "json", code=1).json
    valid("hooks", document)
    assert (document["hooks"], document["diagnostics"][0]["code"]) == ([], "HOOK_REFUSED")


def test_the_hook_of_another_gateway_file_is_left(clone: Gwctl) -> None:
    clone("hook", "install")
    clone.write(GATEWAY.replace("acme", "other") + "state: file:other.json\n", "other.yaml")
    clone("apply", "--auto-approve", "-f", "other.yaml", code=None)
    assert "of another gateway file on this machine: acme" in clone("hook", "install", "-f", "other.yaml", code=1).err
    clone("leave", "--auto-approve", "-f", "other.yaml")
    assert hooks(clone.folder) == NAMES


def test_nobody_can_adopt_a_hook(gwctl: Gwctl) -> None:
    gwctl.write(GATEWAY)
    assert "as key.ENDPOINT or client.NAME" in gwctl("plan", "--offline", "--adopt", "hook.post-merge", code=1).err


@pytest.mark.parametrize("command", ["destroy", "leave"])
def test_destroy_and_leave_remove_the_hooks(clone: Gwctl, command: str) -> None:
    clone("hook", "install")
    clone(command, "--auto-approve")
    assert hooks(clone.folder) == []


@pytest.fixture
def forks(warm: Warm) -> Killable:
    return Killable(warm, ["tests.owned.elsewhere"])


@pytest.mark.parametrize("command", ["install", "remove", "leave"])
def test_killed_between_any_two_steps_the_next_run_converges(
    forks: Killable, team: Path, tmp_path: Path, command: str
) -> None:
    home = tmp_path / "home"
    environ = {"HOME": str(home), "XDG_STATE_HOME": str(home / "state"), "PATH": os.environ["PATH"]}
    words = ("leave", "--auto-approve") if command == "leave" else ("hook", command)

    def run(*arguments: str, **more: object) -> int:
        return forks.run(arguments, team, environ, **more)

    run("apply", "--auto-approve")
    command == "install" or run("hook", "install")
    points = 0
    kept = tmp_path / "kept"
    for name in ("team", "home"):
        shutil.copytree(tmp_path / name, kept / name)
    while run(*words, kill_at=points + 1, below=str(team / ".git" / "hooks") if command == "install" else "") != 0:
        points += 1
        assert points < 120
        assert run(*words) == 0, points
        assert hooks(team) == (NAMES if command == "install" else []), points
        rows = [(status, address) for kind, status, address in rows_of(tmp_path) if kind == "hook"]
        assert rows == ([("present", f"hook.{name}") for name in NAMES] if command == "install" else []), points
        for name in ("team", "home"):
            shutil.rmtree(tmp_path / name)
            shutil.copytree(kept / name, tmp_path / name)
    assert points >= 6


def test_no_saved_plan_writes_a_hook(tmp_path: Path) -> None:
    """Whoever can change a plan file could otherwise name any file and any text."""
    kind = open_kind(HOOK, OwnedRun(ledger=OwnedRows(tmp_path / "ledger.sqlite3")))
    at = Address(HOOK, "post-merge")
    resource = Slot(HOOK, (str(tmp_path / "profile"),)).resource(at, {"text": "true"})
    change = Change(address=at, action="create", cause="config", after=resource, scope="machine")
    context = OwnedContext(kinds={HOOK: kind}, ledger=OwnedRows(tmp_path / "ledger.sqlite3"), rows={}, stack="s")
    ((_, fault),) = carry_out(context, [change], "lineage")
    assert fault and fault.code == codes.HOOK_FAILED
    assert list(tmp_path.iterdir()) == []
