"""`python -m benchmarks`: gwctl and its peers on the same sizes, in turn; writes docs/performance.md and its plot.

Each figure is a new process in a fresh copy of a directory. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks import asking, report, stages, startup
from benchmarks.inputs import gwctl_templates, octodns_templates, terraform_templates
from benchmarks.measure import Figures, Run, run_once

ROOT = Path(__file__).parents[1]
SIZES = [100, 1000, 10_000, 100_000]
CASES = {"validate": "new", "first apply": "new", "plan without changes": "same", "apply of 1 %": "changed"}


@dataclass(frozen=True)
class Program:
    """A program to compare: its directories for a size, its commands, and the largest size that it is run on.

    `largest_first_apply` is for a program that needs minutes to create what it can compare in seconds.
    """

    name: str
    templates: Callable[[Path, int], dict[str, Path]]
    commands: Mapping[str, list[str]]
    largest: int
    largest_first_apply: int | None = None

    def runs(self, case: str, size: int) -> bool:
        """Whether this case is measured at this size."""
        limit = self.largest_first_apply if case == "first apply" else None
        return size <= (self.largest if limit is None else min(limit, self.largest))


def programs(arguments: argparse.Namespace) -> Iterator[Program]:
    """Yield gwctl, gwctl before a change if asked for, and the peers that are there."""
    for name, python in (("gwctl", sys.executable), ("gwctl before", arguments.before)):
        if python:
            words = [python, "-m", "reconciler"]
            apply = [*words, "apply", "--offline", "--auto-approve"]
            yield Program(
                name,
                lambda folder, size, python=python: gwctl_templates(folder, size, python),
                dict(zip(CASES, ([*words, "validate"], apply, [*words, "plan", "--offline"], apply), strict=True)),
                max(arguments.sizes),
            )
    sync = arguments.octodns and Path(arguments.octodns)
    if sync:
        config = ["--config-file", "octodns.yaml"]
        plan, apply = [str(sync), *config], [str(sync), *config, "--doit"]
        check = [str(sync.with_name("octodns-validate")), *config]
        yield Program(
            "octoDNS",
            lambda folder, size: octodns_templates(folder, size, sync),
            dict(zip(CASES, (check, apply, plan, apply), strict=True)),
            arguments.peer_largest,
        )
    terraform = shutil.which("terraform")
    if terraform:
        apply = [terraform, "apply", "-auto-approve", "-input=false", "-no-color"]
        plan = [terraform, "plan", "-input=false", "-no-color"]
        yield Program(
            "Terraform",
            lambda folder, size: terraform_templates(folder, size, terraform),
            dict(zip(CASES, ([terraform, "validate"], apply, plan, apply), strict=True)),
            arguments.peer_largest,
            largest_first_apply=1000,
        )


def compared(arguments: argparse.Namespace, folder: Path) -> Iterator[tuple[str, str, int, Figures]]:
    """Yield (case, program, size, figures). In each round every program runs once."""
    all_programs = list(programs(arguments))
    for size in arguments.sizes:
        there = [program for program in all_programs if size <= program.largest]
        templates = {}
        for program in there:
            templates[program.name] = program.templates(folder / program.name.replace(" ", "-") / str(size), size)
        for case, kind in CASES.items():
            measured = [program for program in there if program.runs(case, size)]
            runs: dict[str, list[Run]] = {program.name: [] for program in measured}
            for _ in range(arguments.rounds):
                for program in measured:
                    runs[program.name].append(run_once(program.commands[case], templates[program.name][kind]))
            for name, moments in runs.items():
                yield case, name, size, Figures(tuple(moments))
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Measure, keep the figures, and write the page."""
    flags = argparse.ArgumentParser(description=__doc__)
    flags.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    flags.add_argument("--rounds", type=int, default=3)
    flags.add_argument(
        "--octodns", metavar="PATH", help="octodns-sync, of `pip install octodns`", default=shutil.which("octodns-sync")
    )
    flags.add_argument("--peer-largest", type=int, default=10_000, help="the largest size for peers")
    flags.add_argument("--before", metavar="PYTHON", help="the interpreter of an environment with an earlier gwctl")
    flags.add_argument("--endpoints", type=int, default=1000, help="how many endpoints to ask; 0: none")
    flags.add_argument("--only", choices=["compare", "startup", "asking", "stages"], nargs="+")
    flags.add_argument(
        "--figures", type=Path, default=ROOT / "build" / "benchmarks.json", help="where figures are kept"
    )
    flags.add_argument("--page", type=Path, default=ROOT / "docs" / "performance.md")
    arguments = flags.parse_args()
    parts = arguments.only or ["compare", "startup", "asking", "stages"]
    kept = json.loads(arguments.figures.read_text()) if arguments.figures.exists() else {}
    with tempfile.TemporaryDirectory(prefix="gwctl-bench-") as name:
        folder = Path(name)
        if "compare" in parts:
            for case, program, size, figures in compared(arguments, folder / "compare"):
                print(f"{case:22}{size:>8} {program:14}{figures.words}", flush=True)
                sizes = kept.setdefault("compare", {}).setdefault(case, {}).setdefault(program, {})
                sizes[str(size)] = [asdict(run) for run in figures.runs]
                _keep(kept, arguments)
        if "startup" in parts:
            kept["startup"] = startup.figures(folder / "startup", arguments.rounds * 5)
        if "asking" in parts and arguments.endpoints:
            kept["asking"] = asking.figures(arguments.endpoints, arguments.rounds)
        if "stages" in parts:
            kept["stages"] = stages.figures(folder / "stages")
    _keep(kept, arguments)


def _keep(kept: dict[str, Any], arguments: argparse.Namespace) -> None:
    arguments.figures.parent.mkdir(exist_ok=True)
    arguments.figures.write_text(json.dumps(kept))
    report.write(kept, arguments.page)


if __name__ == "__main__":
    main()
