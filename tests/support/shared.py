"""Servers that all processes of one run of the tests share: the first that asks starts one, the end stops it."""

from __future__ import annotations

import os
import pickle
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

import pytest
from filelock import FileLock

FOLDER = pytest.StashKey[Path]()


class Stops(Protocol):
    """It can be pickled, and whoever unpickles it can stop it."""

    def stop(self) -> None:
        """Stop it, and take away what it left."""


S = TypeVar("S", bound=Stops)


class Shared:
    """By name, in a folder of this run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, name: str, start: Callable[[Path], S]) -> S:
        """The one of that name; `start` is given a folder for its files."""
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
    """The folder of this run: a worker is told which one it is. Where TMPDIR says nothing else, all is in memory."""
    if "TMPDIR" not in os.environ and _can_be_in_memory():
        os.environ["TMPDIR"], tempfile.tempdir = _IN_MEMORY, None
    shared = getattr(config, "workerinput", {}).get("shared")
    config.stash[FOLDER] = Path(shared or tempfile.mkdtemp(prefix="gwctl-shared-"))
    config.stash[FOLDER].chmod(0o755)  # under root PostgreSQL is another user's


def _can_be_in_memory() -> bool:
    if sys.platform != "linux" or not os.access(_IN_MEMORY, os.W_OK):
        return False
    result = os.statvfs(_IN_MEMORY)
    return result.f_bavail * result.f_frsize > _ENOUGH and not result.f_flag & os.ST_NOEXEC


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Tell a worker of pytest-xdist."""
    node.workerinput["shared"] = str(node.config.stash[FOLDER])  # type: ignore[attr-defined]


def pytest_unconfigure(config: pytest.Config) -> None:
    """All workers are gone: stop everything, whoever started it."""
    if hasattr(config, "workerinput"):
        return
    for path in sorted(config.stash[FOLDER].glob("*.pickle")):
        pickle.loads(path.read_bytes()).stop()
    shutil.rmtree(config.stash[FOLDER], ignore_errors=True)


@pytest.fixture(scope="session")
def of_all_processes(request: pytest.FixtureRequest) -> Shared:
    """Return the values that all processes of this run share."""
    return Shared(request.config.stash[FOLDER])
