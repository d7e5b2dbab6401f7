"""The marks `pure` and `real`. Folder and fixtures decide the mark, so a new test has its mark automatically.

A pure test starts no process and opens no socket. This is checked while the test runs: a violation fails the test.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parents[1]
PURE = {
    "apply", "cases", "config", "imports", "lockfile", "plan", "presets", "render", "resources", "secrets", "shapes",
    "tools", "yaml",
}  # fmt: skip
PROCESSES = {"gwctl"}  # fixtures that start some
REAL = {
    "azurite",
    "browser",
    "clients",
    "editor",
    "forward_proxy",
    "litellm",
    "moto",
    "postgres",
    "secret_service",
    "terraform",
    "tiny_model",
}
_FORBIDDEN = ("subprocess.Popen", "os.fork", "os.posix_spawn", "os.exec", "socket.connect", "socket.bind")
_FIRST = ("long", "litellm", "xdist_group")
_running: list[str] = []  # the pure test that runs now


def pytest_configure(config: pytest.Config) -> None:
    """Describe the marks, and let pytest-xdist start more workers than cores, because many tests wait."""
    for line in (
        "pure: starts no process and opens no socket (by folder; a test that does says `process`)",
        "process: starts a process, though its folder is pure",
        "real: needs a real server or program (by fixture)",
        "large: works on large inputs, and reaches no line that smaller ones do not",
        "long: runs for many seconds, so it is begun first",
        "weekly: repeats with one more slow tool what others show; .ci/run leaves it out, .ci/newest does not",
    ):
        config.addinivalue_line("markers", line)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Return twice the number of cores."""
    return 2 * (os.cpu_count() or 1) if config.option.numprocesses == "auto" else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests. Put the long tests first, and the tests that must run in one process."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if fixtures & REAL:
            item.add_marker("real")
        elif _folder(item.path) in PURE and not fixtures & PROCESSES and not item.get_closest_marker("process"):
            item.add_marker("pure")
    items.sort(key=lambda item: not any(item.get_closest_marker(name) for name in _FIRST))


@cache
def _folder(path: Path) -> str:
    return path.relative_to(TESTS).parts[0] if path.is_relative_to(TESTS) else ""


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, None]:
    """Check a pure test while it runs."""
    if item.get_closest_marker("pure"):
        _watch()
        _running.append(item.nodeid)
    yield
    _running.clear()


def _watch() -> None:
    if not hasattr(sys, "_gwctl_watched"):
        sys.addaudithook(_refuse)
        sys._gwctl_watched = True  # type: ignore[attr-defined]


def _refuse(event: str, _arguments: tuple[Any, ...]) -> None:
    if _running and event.startswith(_FORBIDDEN):
        raise AssertionError(f"a pure test may not: {event} ({_running[0]}); mark it `process`, or move it")
