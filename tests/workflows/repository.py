"""A team's git repository: a main branch, and pull requests as GitHub merges them for a try."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

MAIN = "refs/heads/main"
_WHO = {
    "GIT_AUTHOR_NAME": "Ana",
    "GIT_AUTHOR_EMAIL": "ana@acme.example",
    "GIT_COMMITTER_NAME": "Ana",
    "GIT_COMMITTER_EMAIL": "ana@acme.example",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "PATH": "/usr/bin:/bin",
}
Files = Mapping[str, str]


def git(folder: Path, *arguments: str) -> str:
    """One git command in that directory; what it printed."""
    command = ["git", "-c", "safe.directory=*", *arguments]
    return subprocess.run(command, cwd=folder, env=_WHO, capture_output=True, text=True, check=True).stdout.strip()


class Repository:
    """A repository, and the events that can happen to it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        git(folder, "init", "-q", "-b", "main")
        git(folder, "config", "receive.denyCurrentBranch", "ignore")  # it has files only to make commits of them
        self._commit({"README.md": "The models of acme.\n"}, "begin")

    def push(self, files: Files) -> str:
        """A commit on main."""
        git(self.folder, "checkout", "-q", "--force", "main")
        self._commit(files, "main")
        return MAIN

    def pull(self, files: Files, number: int = 7) -> str:
        """A pull request with that change, or a further push to it; gives the ref that GitHub tests: the merge."""
        git(self.folder, "checkout", "-q", "-B", "work", "main")
        self._commit(files, f"pull request {number}")
        return self.open("work", number)

    def open(self, branch: str, number: int) -> str:
        """A pull request of a branch that is here; gives the ref that GitHub tests: the merge."""
        git(self.folder, "checkout", "-q", "--force", "--detach", "main")
        git(self.folder, "merge", "-q", "--no-ff", "-m", f"merge {number}", branch)
        ref = f"refs/pull/{number}/merge"
        git(self.folder, "update-ref", ref, "HEAD")
        return ref

    def queue(self, number: int) -> str:
        """That pull request comes to the head of the merge queue; gives the ref that is tested before main gets it."""
        ref = f"refs/heads/gh-readonly-queue/main/pr-{number}-{git(self.folder, 'rev-parse', 'main')}"
        git(self.folder, "update-ref", ref, f"refs/pull/{number}/merge")
        return ref

    def merge(self, number: int) -> str:
        """Somebody merges that pull request."""
        git(self.folder, "update-ref", MAIN, f"refs/pull/{number}/merge")
        return MAIN

    def _commit(self, files: Files, why: str) -> None:
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            path.chmod(0o755 if text.startswith("#!") else 0o644)
        git(self.folder, "add", "--all")
        git(self.folder, "commit", "-q", "--allow-empty", "-m", why)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A repository with nothing in it but a README."""
    return Repository(tmp_path / "repository")
