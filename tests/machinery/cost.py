"""The cost of a process, as the system counts it: CPU time, peak memory, wall time.

The process is a child of a small one, `python cost.py REPORT COMMAND…`: Linux counts to a process what its parent
had in memory when it was started, and that may be all of pytest.
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
    """Run one command line in a Python that starts afresh."""
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
    unit = 1024 if sys.platform == "linux" else 1024 * 1024
    cost = {
        "code": os.waitstatus_to_exitcode(status),
        "cpu": used.ru_utime + used.ru_stime,
        "memory": used.ru_maxrss / unit,
        "wall": time.monotonic() - began,
    }
    with open(report, "w") as file:  # noqa: PTH123 - pathlib is not imported here
        json.dump(cost, file)


if __name__ == "__main__":
    _measure(sys.argv[1], sys.argv[2:])
