"""The real command in a separate process, with an environment that contains only the variables of the test.

`gwctl(…)` forks a process that has imported everything (warm.py). This saves a second for each of some thousand command
lines. `gwctl.command(…)` returns the words for a new Python process, for tests of the start.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.forks import Warm, words_of

_KEPT = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "COVERAGE_PROCESS_START")

_TWICE = re.compile(r"\b((?:[^\s:]+ ){2,}[^\s:]+): \1\b")  # a cause that is wrapped in the same three words


@dataclass(frozen=True)
class Result:
    """The result of one run of the command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Return the only JSON document on stdout."""
        return json.loads(self.out)


class Gwctl:
    """The command `gwctl` in a separate directory. Without `warm`, each command line starts Python."""

    def __init__(self, folder: Path, home: Path, warm: Warm | None) -> None:
        self.folder = folder
        self.warm = warm
        self.environ = {name: os.environ[name] for name in _KEPT if name in os.environ}
        self.environ |= {"HOME": str(home), "USERPROFILE": str(home), "XDG_STATE_HOME": str(home / "state")}

    def __call__(self, *arguments: str, code: int | None = 0, stdin: str = "", **environ: str) -> Result:
        """Run one command line. The exit code must be `code`; None allows any exit code."""
        result = self._result(list(arguments), self.environ | environ, stdin)
        assert "Traceback" not in result.err, result.err
        assert not _TWICE.search(result.err), result.err
        if code is not None:
            assert result.code == code, f"exit {result.code}\n{result.out}\n{result.err}"
        return result

    def _result(self, arguments: list[str], environ: dict[str, str], stdin: str) -> Result:
        if self.warm and words_of(self.command(*arguments), environ) is not None:
            return Result(*self.warm.run(arguments, self.folder, environ, stdin))
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=environ,
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    def command(self, *arguments: str) -> list[str]:
        """Return the words of one command line."""
        return [sys.executable, "-m", "reconciler", *arguments]

    def write(self, text: str, name: str = "gateway.yaml") -> Path:
        """Write a file, without the indentation of the text."""
        path = self.folder / name
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    @property
    def state_file(self) -> Path:
        """Return the default path of the state."""
        return self.folder / ".gwctl" / "state.json"

    @property
    def state(self) -> Any:
        """Return the state's document; None before the first apply."""
        return json.loads(self.state_file.read_text(encoding="utf-8")) if self.state_file.exists() else None

    def models(self) -> list[str]:
        """Return the addresses of all recorded models, sorted."""
        return sorted(resource["address"] for resource in self.state["resources"] if resource["kind"] == "model")


@pytest.fixture
def gwctl(tmp_path: Path, warm: Warm | None) -> Gwctl:
    """Return the command, in an empty directory."""
    folder, home = tmp_path / "work", tmp_path / "home"
    folder.mkdir()
    home.mkdir()
    return Gwctl(folder, home, warm)
