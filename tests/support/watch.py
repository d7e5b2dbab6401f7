"""The command under observation: by Python's audit hooks from inside, and by strace from outside."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.command import Gwctl, Result

ROOT = Path(__file__).parents[2]
_EVENTS = ("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.fork", "os.system", "sqlite3.", "open", "import")
_HOOK = f"""
import json, os, sys
log = os.open({{log!r}}, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
def watch(event, arguments):
    if event.startswith({_EVENTS!r}):
        first = arguments[0] if arguments else None
        first = os.fsdecode(first) if isinstance(first, (str, bytes)) or hasattr(first, "__fspath__") else repr(first)
        os.write(log, (json.dumps([event, first]) + "\\n").encode())
sys.addaudithook(watch)
"""
# What starting Python and importing modules opens.
_INTERPRETER = {str(Path(item).resolve()) for item in (sys.prefix, sys.base_prefix, *sysconfig.get_paths().values())}
_INTERPRETER |= {str(ROOT / "reconciler"), str(ROOT / "tests"), sys.prefix, sys.base_prefix}


@dataclass(frozen=True)
class Watched:
    """The result of one run, and each audit event with its first argument."""

    result: Result
    events: tuple[tuple[str, str], ...]

    def of(self, *prefixes: str) -> list[tuple[str, str]]:
        """Return the events of these kinds."""
        return [event for event in self.events if event[0].startswith(prefixes)]

    @property
    def opened(self) -> set[str]:
        """Return the files that were opened, without Python's own files."""
        paths = (name for event, name in self.events if event == "open" and not name.isdigit())
        return {name for name in paths if not any(name.startswith(item) for item in _INTERPRETER)}

    @property
    def imported(self) -> set[str]:
        """Return the names of the modules that were imported."""
        return {name for event, name in self.events if event == "import"}


def watched(gwctl: Gwctl, *arguments: str, code: int | None = 0, **environ: str) -> Watched:
    """Run one command line with a hook in its Python that records every relevant event."""
    site = gwctl.folder.parent / "site"
    site.mkdir(exist_ok=True)
    log = site / "audit"
    log.write_bytes(b"")
    (site / "sitecustomize.py").write_text(_HOOK.format(log=str(log)))
    path = os.pathsep.join([str(site), str(ROOT)])
    result = gwctl(*arguments, code=code, **(environ | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}))
    events = [tuple(json.loads(line)) for line in log.read_text(encoding="utf-8").splitlines()]
    return Watched(result, tuple((event, name) for event, name in events))


def traced(gwctl: Gwctl, *arguments: str, **environ: str) -> list[str]:
    """Return the system calls of one run for network, programs and files. Skip the test if strace cannot be used."""
    strace = shutil.which("strace")
    if strace is None or subprocess.run([strace, "-o", os.devnull, "true"], check=False).returncode:
        pytest.skip("strace: not installed, or not allowed to trace")
    log = gwctl.folder.parent / "strace"
    command = [strace, "-f", "-o", str(log), "-e", "trace=network,execve,openat,open", *gwctl.command(*arguments)]
    done = subprocess.run(
        command, cwd=gwctl.folder, env=gwctl.environ | environ, capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 1, 2), done.stderr
    return log.read_text(encoding="utf-8", errors="replace").splitlines()
