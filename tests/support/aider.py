"""aider itself; GWCTL_TEST_AIDER is its executable."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture
def aider() -> Path:
    """The executable; skipped by name where there is none."""
    path = os.environ.get("GWCTL_TEST_AIDER")
    if not path:
        pytest.skip("aider: GWCTL_TEST_AIDER does not name its executable")
    return Path(path)
