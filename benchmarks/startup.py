"""The CPU time of whole short processes: `python -m benchmarks.startup`.

The figures are ratios to a process that imports the libraries. Every round runs each command once, so that a busy
machine slows all of them alike. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from benchmarks.measure import run_once

EXAMPLE = Path(__file__).parents[1] / "examples" / "gateway.yaml"
APPLIED = """\
version: 1
name: tool
endpoints:
  gateway: {base_url: "http://127.0.0.1:9", key: {env: BENCHMARK_KEY}, models: [m], discover: false}
"""
KEY = {"BENCHMARK_KEY": "the-key-of-the-benchmark"}
LEDGER = "{place}/states/gwctl/ledger.sqlite3"
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
    ("gwctl validate", [*GWCTL, "validate"], "floor: import yaml, pydantic"),
    ("gwctl plan --offline", [*GWCTL, "plan", "--offline"], "floor: import yaml, pydantic"),
    ("gwctl key print", [sys.executable, "-I", "-m", "reconciler", *REQUEST], "floor: import click"),
    ("gwctl models TAB", [*TAB, *GWCTL], "floor: import click"),
    ("gwctl run -- true", [*GWCTL, "run", "--", "true"], "floor: import yaml, pydantic"),
)


def figures(place: Path, rounds: int) -> dict[str, list[float]]:
    """Return {case: seconds of CPU of each run}. A first round, not counted, fills the caches."""
    _prepare(place)
    times: dict[str, list[float]] = {title: [] for title, _command, _floor in CASES}
    for turn in range(rounds + 1):
        for title, command, _floor in CASES:
            run = run_once(command, place, KEY)
            if turn:
                times[title].append(run.cpu)
    return times


def _prepare(place: Path) -> None:
    """Make the example's directory, and apply an endpoint beside it, which `key print` reads. Nobody answers there."""
    (place / "work").mkdir(parents=True)
    (place / "work" / "gateway.yaml").write_bytes(EXAMPLE.read_bytes())
    (place / "tool").mkdir()
    (place / "tool" / "gateway.yaml").write_text(APPLIED, encoding="utf-8")
    environ = {"HOME": str(place), "XDG_STATE_HOME": str(place / "states"), **KEY}
    command = [*GWCTL, "apply", "--auto-approve"]
    subprocess.run(command, cwd=place / "tool", env=environ, check=False, capture_output=True, timeout=60)


def rows(times: Mapping[str, Sequence[float]]) -> list[tuple[str, str, str, str]]:
    """Return a row for each case: title, shortest and median in ms, and the ratio of the medians to its floor."""
    found = []
    for title, _command, floor in CASES:
        if title not in times:  # a case that is newer than these figures
            continue
        ratio = f"{median(times[title]) / median(times[floor]):.2f} × {floor.partition(': ')[2]}" if floor else ""
        found.append((title, f"{min(times[title]) * 1000:.0f}", f"{median(times[title]) * 1000:.0f}", ratio))
    return found


def main() -> None:
    """Measure and print."""
    flags = argparse.ArgumentParser(description=__doc__)
    flags.add_argument("--rounds", type=int, default=10)
    rounds = flags.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        print(f"{'':30}{'min ms':>8}{'median':>8}  ratio of the medians, CPU")
        for title, least, middle, ratio in rows(figures(Path(folder) / "startup", rounds)):
            print(f"{title:30}{least:>8}{middle:>8}  {ratio}".rstrip())


if __name__ == "__main__":
    main()
