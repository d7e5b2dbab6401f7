"""The cost of a process, as the system counts it: CPU time, peak memory, wall time.

A process of its own is a child of a small one, `python cost.py REPORT COMMAND…`: Linux counts to a process what its
parent had in memory when it was started, and that may be all of pytest. A fork begins with all that the process has of
which it is one, so it is compared with another fork of that process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.command import Gwctl


UNIT = 1024 if sys.platform == "linux" else 1024 * 1024  # of ru_maxrss in a MiB


@dataclass(frozen=True, kw_only=True)
class Cost:
    """One run: seconds of CPU, MiB at the peak, seconds that passed; and what it said."""

    code: int
    cpu: float
    memory: float
    wall: float
    out: str
    err: str


def measured(gwctl: Gwctl, *arguments: str, **environ: str) -> Cost:
    """Run one command line, in a fork or in a Python that starts afresh."""
    if gwctl.warm:
        began = time.monotonic()
        code, out, err, (cpu, memory) = gwctl.warm.measured(list(arguments), gwctl.folder, gwctl.environ | environ, "")
        wall = time.monotonic() - began
        assert "Traceback" not in err, err
        return Cost(code=code, cpu=cpu, memory=memory / UNIT, wall=wall, out=out, err=err)
    report = gwctl.folder.parent / "cost.json"
    command = [sys.executable, "-I", "-S", __file__, str(report), *gwctl.command(*arguments)]
    done = subprocess.run(
        command, cwd=gwctl.folder, env=gwctl.environ | environ, capture_output=True, text=True, timeout=300, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Cost(**json.loads(report.read_text()), out=done.stdout, err=done.stderr)


def _measure(report: str, command: list[str]) -> None:
    began = time.monotonic()
    child = os.posix_spawn(command[0], command, os.environ)
    _, status, used = os.wait4(child, 0)
    cost = {
        "code": os.waitstatus_to_exitcode(status),
        "cpu": used.ru_utime + used.ru_stime,
        "memory": used.ru_maxrss / UNIT,
        "wall": time.monotonic() - began,
    }
    with open(report, "w") as file:  # noqa: PTH123 - pathlib is not imported here
        json.dump(cost, file)


if __name__ == "__main__":
    _measure(sys.argv[1], sys.argv[2:])
