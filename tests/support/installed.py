"""A gwctl that is installed outside of every repository. Only such a gwctl may be named in a tool's file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import reconciler
from reconciler.files.working_tree import working_tree_of
from tests.support.forks import Warm
from tests.support.shared import Shared

_VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"


def _interpreter() -> str | None:
    """Return a Python of this version that is not in a working tree (pyenv's Python is in one)."""
    own = os.path.realpath(sys.executable)
    others = (shutil.which(_VERSION, path=folder) for folder in ("/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"))
    found = [path for path in (own, *others) if path and working_tree_of(Path(path).parent) is None]
    return found[0] if found else None


class Installed:
    """An environment with a copy of gwctl and the libraries of this environment. The forks of `warm` are this gwctl."""

    def __init__(self, root: Path, base: str) -> None:
        subprocess.run([base, "-m", "venv", "--without-pip", str(root)], check=True, capture_output=True)
        site = root / "lib" / _VERSION / "site-packages"
        half_written = shutil.ignore_patterns("*.pyc.*")  # by another process of the tests
        shutil.copytree(Path(reconciler.__file__).parent, site / "reconciler", ignore=half_written)
        shutil.copy(Path(__file__).with_name("file_keychain.py"), site)  # -I reads no PYTHONPATH
        (site / "libraries.pth").write_text(sysconfig.get_paths()["purelib"])
        self.python = root / "bin" / "python"
        self.warm = Warm(root, str(self.python)) if hasattr(os, "fork") else None

    def stop(self) -> None:
        """Stop the process of the forks."""
        if self.warm:
            self.warm.stop()


@pytest.fixture(scope="session")
def installation(of_all_processes: Shared) -> Installed:
    """Return the environment that all tests share. No test changes the environment."""
    base = _interpreter()
    if base is None:
        pytest.skip(f"{_VERSION}: none is installed outside of a working tree")
    return of_all_processes.get("installation", lambda folder: Installed(folder, base))


@pytest.fixture(scope="session")
def installed(installation: Installed) -> Path:
    """Return the interpreter of an environment with a copy of gwctl and the libraries of this environment."""
    return installation.python
