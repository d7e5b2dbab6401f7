"""Real tools that speak to endpoints; GWCTL_TEST_CLIENTS is the `bin` of their environment."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture
def clients() -> Path:
    """The directory of `llm` and of a python with the SDKs; skipped by name where there is none."""
    folder = os.environ.get("GWCTL_TEST_CLIENTS")
    if not folder:
        pytest.skip("llm and the SDKs: GWCTL_TEST_CLIENTS does not name their bin directory")
    return Path(folder)
