"""Fixtures for all tests; where nothing may be skipped, a skip is a failure."""

from __future__ import annotations

import gc
import os
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import settings

from tests.support.laws import profile

settings.load_profile(profile())

pytest_plugins = [
    "tests.support.shared",  # the others import it, and this
    "tests.support.home",
    "tests.support.forks",
    "tests.support.marks",
    "tests.support.imports",
    "tests.support.aider",
    "tests.support.authority",
    "tests.support.axe",
    "tests.support.azurite",
    "tests.support.chromium",
    "tests.support.clients",
    "tests.support.command",
    "tests.support.editor",
    "tests.support.forward",
    "tests.support.gcs",
    "tests.support.host",
    "tests.support.keychain",
    "tests.support.litellm",
    "tests.support.llamacpp",
    "tests.support.local_page",
    "tests.support.postgres",
    "tests.support.s3",
    "tests.support.scripted",
    "tests.support.state_server",
    "tests.support.terminal",
    "tests.support.terraform",
    "tests.support.coding_tools",
    "tests.support.installed",
    "tests.state.places.file_place",
    "tests.state.places.http_place",
    "tests.state.places.object_places",
    "tests.state.places.postgresql_place",
    "tests.workflows.github_api",
    "tests.workflows.gitlab_api",
    "tests.workflows.linters",
    "tests.workflows.repository",
    "tests.workflows.actions",
]


def pytest_configure() -> None:
    """Collect no garbage while the tests are collected: all that they are made of stays until the end."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Collect it from here on, without a look at what stays until the end: each look takes half a second."""
    gc.freeze()
    gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All that meets LiteLLM runs in one process, so that its proxies are started once."""
    for item in items:
        if item.get_closest_marker("litellm"):
            item.add_marker(pytest.mark.xdist_group("litellm"))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, None]:
    """Under GWCTL_TEST_NO_SKIP=1 a test that is skipped has failed."""
    outcome = yield
    report = outcome.get_result()
    if report.skipped and os.environ.get("GWCTL_TEST_NO_SKIP") == "1" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be: {report.longrepr}"
