"""Servers that all processes of one run of the tests share, from their first use to the end of the run."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

import pytest
from filelock import FileLock

from tests.support.process import are_of, reaped

FOLDER = pytest.StashKey[Path]()
_REAPER = pytest.StashKey[subprocess.Popen[bytes]]()


class Stops(Protocol):
    """A server that can be pickled, and stopped after unpickling."""

    def stop(self) -> None:
        """Stop the server, and delete its files."""


S = TypeVar("S", bound=Stops)


class Shared:
    """The shared servers by name, recorded in a folder of this run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, name: str, start: Callable[[Path], S]) -> S:
        """Return the server with that name. `start` starts it, with a folder for its files."""
        kept = self._folder / f"{name}.pickle"
        with FileLock(self._folder / f"{name}.lock"):
            if not kept.exists():
                (self._folder / name).mkdir(exist_ok=True)
                kept.write_bytes(pickle.dumps(start(self._folder / name)))
            document: S = pickle.loads(kept.read_bytes())
        return document


_IN_MEMORY = "/dev/shm"  # where flushing a file takes no time: an apply does so some forty times
_ENOUGH = 4 * 1024**3  # bytes


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Choose the folder of this run, which workers receive by name. Without TMPDIR, the folder is in memory."""
    if "TMPDIR" not in os.environ and _can_be_in_memory():
        os.environ["TMPDIR"], tempfile.tempdir = _IN_MEMORY, None
    shared = getattr(config, "workerinput", {}).get("shared")
    config.stash[FOLDER] = Path(shared or tempfile.mkdtemp(prefix="gwctl-shared-"))
    config.stash[FOLDER].chmod(0o755)  # under root PostgreSQL is another user's
    are_of(config.stash[FOLDER])
    if not shared and os.name == "posix":
        config.stash[_REAPER] = reaped(config.stash[FOLDER])


def _can_be_in_memory() -> bool:
    if sys.platform != "linux" or not os.access(_IN_MEMORY, os.W_OK):
        return False
    result = os.statvfs(_IN_MEMORY)
    return result.f_bavail * result.f_frsize > _ENOUGH and not result.f_flag & os.ST_NOEXEC


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Send the name of the folder to a worker of pytest-xdist."""
    node.workerinput["shared"] = str(node.config.stash[FOLDER])  # type: ignore[attr-defined]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop all servers after all workers have ended."""
    if hasattr(config, "workerinput"):
        return
    for path in sorted(config.stash[FOLDER].glob("*.pickle")):
        pickle.loads(path.read_bytes()).stop()
    shutil.rmtree(config.stash[FOLDER], ignore_errors=True)
    if _REAPER in config.stash:
        config.stash[_REAPER].communicate()


@pytest.fixture(scope="session")
def of_all_processes(request: pytest.FixtureRequest) -> Shared:
    """Return the values that all processes of this run share."""
    return Shared(request.config.stash[FOLDER])
