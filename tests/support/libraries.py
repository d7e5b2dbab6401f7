"""Libraries that only some tests need. If a library is missing, these tests are skipped."""

from __future__ import annotations

from typing import Any

import pytest


def library(name: str) -> Any:
    """Return the module with that name. If it is not installed, skip the test or the whole file."""
    return pytest.importorskip(name, reason=f"{name.partition('.')[0]} is not installed: pip install -e '.[test]'")
