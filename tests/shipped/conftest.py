"""The programs that build, check and install gwctl. GWCTL_TEST_SHIPPING names the `bin` directory with all of them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.support.shared import Shared
from tests.workflows.repository import git

ROOT = Path(__file__).parents[2]
OF_A_PERSON = (
    "GIT_",
    "GWCTL_",
    "PIPX_",
    "PRE_COMMIT",
    "PYTHON",
    "UV_TOOL",
    "VIRTUAL_ENV",
)  # variables that would say where


class Shipping:
    """The programs, and one person's empty home directory for each test."""

    def __init__(self, folder: str, home: Path) -> None:
        self.home = home
        home.mkdir(exist_ok=True)
        self.environ = {name: value for name, value in os.environ.items() if not name.startswith(OF_A_PERSON)}
        self.environ |= {
            "PATH": f"{home}/.local/bin:{folder}:/usr/bin:/bin",
            "HOME": str(home),
            "NO_COLOR": "1",
            "PIP_NO_COMPILE": "0",  # for this option pip turns the meaning round: 0 is --no-compile
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
        }

    def fetches(self, url: str, place: Path) -> None:
        """Let git fetch what has that URL from a folder of this machine."""
        self.environ |= {"GIT_CONFIG_COUNT": "2", "GIT_CONFIG_KEY_1": f"url.{place.as_uri()}/.insteadOf"}
        self.environ["GIT_CONFIG_VALUE_1"] = url

    def __call__(self, *words: str, code: int = 0, folder: Path | None = None, **environ: str) -> str:
        """Run a command line to its end; return what it prints, on both streams."""
        done = subprocess.run(
            words,
            cwd=folder or self.home,
            env=self.environ | environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == code, done.stdout
        return done.stdout


@pytest.fixture
def shipping(tmp_path: Path) -> Shipping:
    """Return the programs; skipped by name where they are not."""
    folder = os.environ.get("GWCTL_TEST_SHIPPING")
    if not folder:
        pytest.skip("uv, pipx, build, twine, pre-commit: GWCTL_TEST_SHIPPING does not name their bin directory")
    return Shipping(folder, tmp_path / "home")


class Built:
    """The archives of one build, which all tests of a run share."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def wheel(self) -> Path:
        """The wheel, which was built from the source archive."""
        (path,) = self.folder.glob("*.whl")
        return path

    @property
    def source(self) -> Path:
        """The source archive."""
        (path,) = self.folder.glob("*.tar.gz")
        return path

    def stop(self) -> None:
        """The folder is deleted with all others of the run."""


@pytest.fixture
def built(shipping: Shipping, of_all_processes: Shared) -> Built:
    """Return the archives of this working tree: the source archive, and the wheel that is built from it."""

    def build(folder: Path) -> Built:
        shipping("python", "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT))
        return Built(folder)

    return of_all_processes.get("built", build)


@pytest.fixture
def remote(shipping: Shipping, tmp_path: Path) -> str:
    """Let `https://github.com/OWNER/gwctl` be a clone of this repository; return the hash of its commit."""
    git(tmp_path, "clone", "-q", "--bare", str(ROOT), "remote/OWNER/gwctl")
    shipping.fetches("https://github.com/", tmp_path / "remote")
    return git(tmp_path / "remote" / "OWNER" / "gwctl", "rev-parse", "HEAD")
