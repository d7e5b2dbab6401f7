"""Real tools that use endpoints. GWCTL_TEST_CLIENTS names the `bin` directory of their environment."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture
def clients() -> Path:
    """Return the directory with `llm` and with a Python that has the SDKs. Skip the test if there is none."""
    folder = os.environ.get("GWCTL_TEST_CLIENTS")
    if not folder:
        pytest.skip("llm and the SDKs: GWCTL_TEST_CLIENTS does not name their bin directory")
    return Path(folder)
