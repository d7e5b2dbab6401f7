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

_VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"


def _interpreter() -> str | None:
    """Return a Python of this version that is not in a working tree (pyenv's Python is in one)."""
    own = os.path.realpath(sys.executable)
    others = (shutil.which(_VERSION, path=folder) for folder in ("/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"))
    found = [path for path in (own, *others) if path and working_tree_of(Path(path).parent) is None]
    return found[0] if found else None


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the interpreter of an environment with a copy of gwctl and the libraries of this environment."""
    base, root = _interpreter(), tmp_path_factory.mktemp("installed")
    if base is None:
        pytest.skip(f"{_VERSION}: none is installed outside of a working tree")
    subprocess.run([base, "-m", "venv", "--without-pip", str(root)], check=True, capture_output=True)
    site = root / "lib" / _VERSION / "site-packages"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(reconciler.__file__).parent, site / "reconciler", ignore=ignored)
    shutil.copy(Path(__file__).with_name("file_keychain.py"), site)  # -I reads no PYTHONPATH
    (site / "libraries.pth").write_text(sysconfig.get_paths()["purelib"])
    return root / "bin" / "python"
