"""Commands in forks of one process (kill_steps.py). On request, a command is killed at its n-th step."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Killable:
    """The process whose forks run the commands. The process starts with the given environment."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.kill_steps"],
            cwd=ROOT,
            env={**environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(
        self,
        words: Sequence[str],
        folder: Path,
        environ: Mapping[str, str],
        *,
        kill_at: int = 0,
        below: str = "",
        stdin: str = "",
    ) -> int:
        """Run one command in a fork. Return its exit code, or the negative number of the signal."""
        assert self._process.stdin
        assert self._process.stdout
        request = {"arguments": words, "cwd": str(folder), "environ": environ, "kill_at": kill_at, "below": below}
        request["stdin"] = stdin
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """Close the process."""
        self._process.communicate(timeout=30)
