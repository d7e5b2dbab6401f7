"""Measuring of one process: wall time, CPU time and peak memory, each run in a fresh copy of a directory."""

from __future__ import annotations

import math
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from types import MappingProxyType


@dataclass(frozen=True)
class Run:
    """One process: seconds of wall time and of CPU, and the peak memory in MB."""

    wall: float
    cpu: float
    memory: float


@dataclass(frozen=True)
class Figures:
    """The runs of one command: the medians, and the spread of the CPU time."""

    runs: tuple[Run, ...]

    @property
    def wall(self) -> float:
        """The median of the wall time in seconds."""
        return median(run.wall for run in self.runs)

    @property
    def cpu(self) -> float:
        """The median of the CPU time in seconds."""
        return median(run.cpu for run in self.runs)

    @property
    def memory(self) -> float:
        """The median of the peak memory in MB."""
        return median(run.memory for run in self.runs)

    @property
    def spread(self) -> float:
        """The CPU time of the slowest run, as a ratio to the fastest."""
        times = [run.cpu for run in self.runs]
        return max(times) / min(times)

    @property
    def words(self) -> str:
        """The medians on one line."""
        return f"{self.wall:8.2f} s wall {self.cpu:8.2f} s CPU {self.memory:6.0f} MB, spread {self.spread:.1f}"


def run_once(command: Sequence[str], place: Path, environ: Mapping[str, str] = MappingProxyType({})) -> Run:
    """Run the command in a fresh copy of the directory `place`, with its output in a pipe that is read.

    The copy always has the same path, because gwctl knows a stack by its path. The working directory is `place/work`,
    and HOME and the state directory are in `place`. Exit with the command's output if it fails.
    """
    saved = place.with_suffix(".saved")
    if not saved.exists():
        place.rename(saved)
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(saved, place, symlinks=True)
    own = {"HOME": str(place), "XDG_STATE_HOME": str(place / "states"), "PATH": os.environ["PATH"], **environ}
    words = [word.replace("{place}", str(place)) for word in command]
    began = time.perf_counter()
    with subprocess.Popen(
        words, cwd=place / "work", env=own, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as child:
        output = child.stdout.read() if child.stdout else ""
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - began
    if child.returncode:
        sys.exit(f"{' '.join(words)}: exit code {child.returncode}\n{output[-2000:]}")
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def exponent(figures: Mapping[int, float], first: int = 0) -> float:
    """Return the slope of a line through the logarithms of {size: seconds}, from the size `first` up."""
    pairs = [(math.log(size), math.log(took)) for size, took in figures.items() if size >= first]
    if len(pairs) < 2:
        return math.nan
    x, y = (sum(values) / len(pairs) for values in zip(*pairs, strict=True))
    return sum((a - x) * (b - y) for a, b in pairs) / sum((a - x) ** 2 for a, _ in pairs)
