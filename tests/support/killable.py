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
        return self._answer(words, folder, environ, kill_at=kill_at, below=below, stdin=stdin)[0]

    def points(
        self, words: Sequence[str], folder: Path, environ: Mapping[str, str], *, watched: Path, below: str = ""
    ) -> list[int]:
        """Run one command, which must succeed. Return the steps at which a kill leaves different things in `watched`.

        A kill at any other step leaves what a kill at the last of these before it leaves.
        """
        code, steps = self._answer(words, folder, environ, below=below, watched=str(watched))
        assert code == 0, words
        return steps

    def _answer(
        self, words: Sequence[str], folder: Path, environ: Mapping[str, str], **more: int | str
    ) -> tuple[int, list[int]]:
        assert self._process.stdin
        assert self._process.stdout
        request = {"arguments": words, "cwd": str(folder), "environ": environ, **more}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        code, steps = json.loads(self._process.stdout.readline())
        return code, steps

    def close(self) -> None:
        """Close the process."""
        self._process.communicate(timeout=30)
