"""The home directory of the tests. Each process of a run has an empty one, so that no test uses the user's."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.support.shared import FOLDER

HOME = pytest.StashKey[Path]()
# What tools find below the user's home, and may go on finding: caches, another Python, a registry of packages.
_FOUND = {"XDG_CACHE_HOME": ".cache", "PYENV_ROOT": ".pyenv", "PIP_CONFIG_FILE": ".config/pip/pip.conf"}


def pytest_configure(config: pytest.Config) -> None:
    """Set the home directory of this process and of all processes that it starts."""
    before = Path.home()
    for name, below in _FOUND.items():
        if name not in os.environ and (before / below).exists():
            os.environ[name] = str(before / below)
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        os.environ.pop(name, None)
    config.stash[HOME] = config.stash[FOLDER] / f"home-{os.getpid()}"
    config.stash[HOME].mkdir()
    os.environ["HOME"] = os.environ["USERPROFILE"] = str(config.stash[HOME])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Fail a test if gwctl wrote to the home directory: the test must set HOME for gwctl."""
    try:
        yield
    finally:
        _look(item)


def _look(item: pytest.Item) -> None:
    names = taken(item.config.stash[HOME])
    if names:
        raise AssertionError(f"the test wrote {names} to the home directory: set XDG_STATE_HOME for gwctl")


def taken(home: Path) -> list[str]:
    """Remove the files that gwctl keeps for a user in this home directory. Return their names."""
    states = home / ".local" / "state" / "gwctl"
    names = sorted(path.name for path in states.iterdir()) if states.exists() else []
    shutil.rmtree(states, ignore_errors=True)
    return names
