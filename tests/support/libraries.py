"""Libraries that only some tests need: where one is missing, those tests are skipped, by its name."""

from __future__ import annotations

from typing import Any

import pytest


def library(name: str) -> Any:
    """Return the module of that name; skip the test, or the whole file, where it is not installed."""
    return pytest.importorskip(name, reason=f"{name.partition('.')[0]} is not installed: pip install -e '.[test]'")
