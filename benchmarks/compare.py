"""Two commits of gwctl on the same inputs, in turn: `python benchmarks/compare.py OLD NEW`.

Each commit gets a work tree and an environment of its own in a temporary directory. Medians and ratios are printed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Case:
    """A command line in a directory that holds this gateway file; `applied`: it was applied there before."""

    title: str
    arguments: tuple[str, ...]
    gateway: str = ""
    applied: bool = False


def _declared(endpoints: int, models: int) -> str:
    lines = ["version: 1", "name: compared", "endpoints:"]
    for number in range(endpoints):
        ids = ", ".join(f"m-{number}-{each}" for each in range(models))
        lines.append(f"  e{number}: {{base_url: 'http://h{number}.example', discover: false, models: [{ids}]}}")
    return "\n".join([*lines, ""])


SMALL, LARGE, WIDE = _declared(2, 3), _declared(10, 1000), _declared(500, 20)
CASES = (
    Case("gwctl --version", ("--version",)),
    Case("gwctl --help", ("--help",)),
    Case("validate, 6 models", ("validate",), SMALL),
    Case("validate, 10,000 models", ("validate",), LARGE),
    Case("plan, 6 models", ("plan", "--offline"), SMALL),
    Case("first plan, 10,000 models of 10 endpoints", ("plan", "--offline", "-q"), LARGE),
    Case("first plan, 10,000 models of 500 endpoints", ("plan", "--offline", "-q"), WIDE),
    Case("plan without changes, 10,000 of 10", ("plan", "--offline", "-q"), LARGE, applied=True),
    Case("plan without changes, 10,000 of 500", ("plan", "--offline", "-q"), WIDE, applied=True),
    Case("state list, 10,000 of 500", ("state", "list"), WIDE, applied=True),
)


class Commit:
    """One commit, installed."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self._folder = name, folder
        self._tree = folder / "tree"
        _done("git", "-C", str(ROOT), "worktree", "add", "-q", "--detach", str(self._tree), name)
        _done(sys.executable, "-m", "venv", str(folder / "venv"))
        _done(str(folder / "venv" / "bin" / "pip"), "install", "-q", str(self._tree))
        self._environ = {"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_STATE_HOME": str(folder / "home")}

    def close(self) -> None:
        """Give the work tree back."""
        _done("git", "-C", str(ROOT), "worktree", "remove", "--force", str(self._tree))

    def prepare(self, number: int, case: Case) -> None:
        """Make the directory of that case."""
        place = self._folder / str(number)
        place.mkdir()
        if case.gateway:
            (place / "gateway.yaml").write_text(case.gateway)
        if case.applied:
            self._run(place, ("apply", "--auto-approve", "-q"))

    def once(self, number: int, case: Case) -> float:
        """The seconds of one run."""
        began = time.perf_counter()
        self._run(self._folder / str(number), case.arguments)
        return time.perf_counter() - began

    def _run(self, place: Path, arguments: tuple[str, ...]) -> None:
        command = [str(self._folder / "venv" / "bin" / "gwctl"), *arguments]
        done = subprocess.run(command, cwd=place, env=self._environ, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(
                f"{self.name}: gwctl {' '.join(arguments)}: exit code {done.returncode}\n{done.stdout}{done.stderr}"
            )


def _done(*command: str) -> None:
    subprocess.run(command, check=True)


def compared(old: Commit, new: Commit, rounds: int) -> None:
    """Print a line for each case."""
    print(f"{'':46}{old.name[:10]:>12}{new.name[:10]:>12}  ratio")
    for number, case in enumerate(CASES):
        times: dict[Commit, list[float]] = {old: [], new: []}
        for commit in times:
            commit.prepare(number, case)
            commit.once(number, case)  # not counted: files are read for the first time
        for _ in range(rounds):
            for commit, moment in times.items():
                moment.append(commit.once(number, case))
        before, after = (median(moment) * 1000 for moment in times.values())
        print(f"{case.title:46}{before:9.0f} ms{after:9.0f} ms  {after / before:.2f}", flush=True)


def main() -> None:
    """Install both, and compare them."""
    flags = argparse.ArgumentParser(description=__doc__)
    flags.add_argument("old")
    flags.add_argument("new", nargs="?", default="HEAD")
    flags.add_argument("--rounds", type=int, default=7)
    arguments = flags.parse_args()
    with tempfile.TemporaryDirectory(prefix="gwctl-compare-") as name:
        commits: list[Commit] = []
        try:
            for number, each in enumerate((arguments.old, arguments.new)):
                (Path(name) / str(number)).mkdir()
                commits.append(Commit(each, Path(name) / str(number)))
            compared(commits[0], commits[1], arguments.rounds)
        finally:
            for commit in commits:
                commit.close()


if __name__ == "__main__":
    main()
