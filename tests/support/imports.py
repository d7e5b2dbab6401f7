"""Import of the test modules: each worker of a whole run begins at another of them.

Workers that all begin at the first would compile every module of a fresh checkout at the same time, each for itself.
Here each finds most of them compiled, by the one before it.
"""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Import the modules that a worker is about to collect. What one of them raises, it raises again when collected."""
    worker = getattr(session.config, "workerinput", None)
    if worker and session.config.args_source is pytest.Config.ArgsSource.TESTPATHS:
        modules = sorted((ROOT / "tests").rglob("test_*.py"))
        begin = len(modules) * int(worker["workerid"].removeprefix("gw")) // worker["workercount"]
        for path in modules[begin:] + modules[:begin]:
            with suppress(Exception, pytest.skip.Exception):
                import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
