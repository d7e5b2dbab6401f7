"""The workflows install gwctl of their own commit, with the libraries of the store."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workflows.actions import ROOT, read
from tests.workflows.repository import git
from tests.workflows.test_rules import NAMES


def step(name: str) -> str:
    (result,) = {step["run"] for step in read(name)["jobs"]["plan"]["steps"] if step.get("name") == "Install gwctl"}
    return str(result)


def run(script: str, folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    everything = {"GWCTL": "", "EXTRAS": "", "COMMIT": "", "REPOSITORY": "https://github.example/", **environ}
    command = ["bash", "--noprofile", "--norc", "-euo", "pipefail", "-c", script]
    return subprocess.run(command, cwd=folder, env=everything, capture_output=True, text=True, check=False, timeout=300)


@pytest.mark.skipif(sys.platform != "linux", reason="the workflows run on Linux")
@pytest.mark.parametrize("name", NAMES)
def test_a_server_that_does_not_say_the_commit_is_named(name: str, tmp_path: Path) -> None:
    done = run(step(name), tmp_path, PATH="/usr/bin:/bin")
    assert done.returncode == 1
    assert done.stdout.startswith("::error::This server does not provide the commit")


@pytest.mark.skipif(
    not os.environ.get("GWCTL_TEST_INSTALL"), reason="pip: GWCTL_TEST_INSTALL is not set; wants an index"
)
def test_pip_installs_that_commit_from_its_repository(tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(ROOT), "remote/gwctl")
    commit = git(tmp_path / "remote" / "gwctl", "rev-parse", "HEAD")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(sys.executable)
    ways = {"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin", "HOME": str(tmp_path)}
    ways |= {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    ways |= {"PIP_NO_COMPILE": "0"}  # for this option pip turns the meaning round: 0 is --no-compile
    ways |= {"GIT_CONFIG_COUNT": "2", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
    ways |= {
        "GIT_CONFIG_KEY_1": f"url.{(tmp_path / 'remote').as_uri()}/.insteadOf",
        "GIT_CONFIG_VALUE_1": "https://github.example/",
    }
    where = {"REPOSITORY": "https://github.example/gwctl", "COMMIT": commit, "EXTRAS": "postgres"}
    done = run(step("gateway-apply"), tmp_path, **ways, **where)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("gwctl, version ")
    python = str(tmp_path / "gwctl" / "bin" / "python")
    subprocess.run([python, "-I", "-c", "import psycopg, reconciler"], check=True, cwd=tmp_path)
