"""Linters of workflows; GWCTL_TEST_LINTERS is the `bin` of their environment."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Lint = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def lint() -> Lint:
    """Runs check-jsonschema, zizmor or actionlint (with shellcheck); skipped by name where they are not."""
    result = os.environ.get("GWCTL_TEST_LINTERS")
    if not result:
        pytest.skip("check-jsonschema, zizmor, actionlint: GWCTL_TEST_LINTERS does not name their bin directory")

    def run(program: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
        environ = {"PATH": f"{result}:/usr/bin:/bin", "HOME": str(folder), "NO_COLOR": "1"}
        command = [str(Path(result) / program), *arguments]
        return subprocess.run(
            command, cwd=folder, env=environ, capture_output=True, text=True, check=False, timeout=120
        )

    return run
