"""The start-up time of `gwctl`, as a ratio to that of the interpreter and its libraries.

Every round runs each command once, so that a busy machine slows all of them alike. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

GATEWAY = """\
version: 1
name: benchmark
endpoints:
  gateway:
    preset: litellm
    models: [gpt-4o-mini, gpt-4o]
defaults:
  chat: gateway/gpt-4o-mini
"""
APPLIED = """\
version: 1
name: tool
endpoints:
  gateway: {base_url: "http://127.0.0.1:9", key: {env: BENCHMARK_KEY}, models: [m], discover: false}
"""
LEDGER = "{folder}/state/gwctl/ledger.sqlite3"
REQUEST = ["key", "print", "tool/gateway", "--for", "http://127.0.0.1:9", "--ledger", LEDGER]
GWCTL = [sys.executable, "-m", "reconciler"]
TAB = ["env", "_GWCTL_COMPLETE=bash_complete", "COMP_LINE=gwctl models ", "COMP_POINT=13"]
# (title, command, the floor or peer it is compared with)
CASES: Sequence[tuple[str, list[str], str]] = (
    ("python -c pass", [sys.executable, "-c", "pass"], ""),
    ("floor: import click", [sys.executable, "-c", "import click"], ""),
    ("floor: import yaml, pydantic", [sys.executable, "-c", "import click, yaml, pydantic"], ""),
    ("peer: pip --version", [sys.executable, "-m", "pip", "--version"], "floor: import click"),
    ("gwctl --version", [*GWCTL, "--version"], "floor: import click"),
    ("gwctl --help", [*GWCTL, "--help"], "floor: import click"),
    ("gwctl models <TAB>", [*TAB, *GWCTL], "floor: import click"),
    ("gwctl validate", [*GWCTL, "validate"], "floor: import yaml, pydantic"),
    ("gwctl key print", [sys.executable, "-I", "-m", "reconciler", *REQUEST], "floor: import click"),
    ("gwctl run -- true", [*GWCTL, "run", "--", "true"], "floor: import yaml, pydantic"),
)


def once(command: Sequence[str], folder: Path) -> float:
    """The seconds of one run."""
    words = [word.replace("{folder}", str(folder)) for word in command]
    started = time.perf_counter()
    subprocess.run(words, cwd=folder / "project", env=environ(folder), check=True, capture_output=True, timeout=60)
    return time.perf_counter() - started


def environ(folder: Path) -> dict[str, str]:
    """The environment of every case; the key is none."""
    return {**os.environ, "XDG_STATE_HOME": str(folder / "state"), "BENCHMARK_KEY": "the-key-of-the-benchmark"}


def apply_for_tools(folder: Path) -> None:
    """Apply an endpoint in a folder beside the others: `key print` reads what was applied. Nobody answers there."""
    beside = folder / "tool"
    beside.mkdir()
    (beside / "gateway.yaml").write_text(APPLIED, encoding="utf-8")
    command = [*GWCTL, "apply", "--auto-approve"]
    subprocess.run(command, cwd=beside, env=environ(folder), check=False, capture_output=True, timeout=60)


def measured(rounds: int, folder: Path) -> dict[str, list[float]]:
    """The times of all cases, taken in turn; a first round, not counted, fills the caches."""
    times: dict[str, list[float]] = {title: [] for title, _command, _floor in CASES}
    for turn in range(rounds + 1):
        for title, command, _floor in CASES:
            seconds = once(command, folder)
            if turn:
                times[title].append(seconds)
    return times


def table(times: Mapping[str, Sequence[float]]) -> str:
    """A line for each case: shortest, median, and the ratio of the shortest to its floor's."""
    lines = [f"{'':30}{'min ms':>8}{'median':>8}  ratio"]
    for title, _command, floor in CASES:
        ratio = f"{min(times[title]) / min(times[floor]):.2f} x {floor.partition(': ')[2]}" if floor else ""
        lines.append(f"{title:30}{min(times[title]) * 1000:8.0f}{median(times[title]) * 1000:8.0f}  {ratio}".rstrip())
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    flags = argparse.ArgumentParser(description=__doc__)
    flags.add_argument("--rounds", type=int, default=10)
    rounds = flags.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project"  # the ledger must not be below it
        project.mkdir()
        (project / "gateway.yaml").write_text(GATEWAY, encoding="utf-8")
        apply_for_tools(Path(folder))
        print(table(measured(rounds, Path(folder))))


if __name__ == "__main__":
    main()
