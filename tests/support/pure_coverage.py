"""The coverage of the pure rooms, measured while the tests run: `python -m pytest -p tests.support.pure_coverage`.

It counts what runs while the tests are collected, and in each pure test that is not `large`. Of a law, and of a test of
very many values, it counts the first ones: all of them take long, and would take three times as long. Each process
writes a file of its own, whose name begins with that in GWCTL_TEST_COVERAGE (or `.coverage`); `coverage combine` makes
one of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import coverage
import pytest

from tests.support.laws import FEW, after_few

_MEASURED = pytest.StashKey[coverage.Coverage]()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Begin before gwctl is imported, in a process that runs tests: not in the one that gives them to workers."""
    if "PYTEST_XDIST_WORKER" in os.environ or not early_config.known_args_namespace.numprocesses:
        name = os.environ.get("GWCTL_TEST_COVERAGE", ".coverage")
        early_config.stash[_MEASURED] = coverage.Coverage(data_file=name, data_suffix=True)
        early_config.stash[_MEASURED].start()
        after_few.append(early_config.stash[_MEASURED].stop)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Pause until a test is to be measured."""
    if _MEASURED in session.config.stash:
        session.config.stash[_MEASURED].stop()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, None]:
    """Measure a test, and the fixtures that it sets up."""
    pure = item.get_closest_marker("pure") and not item.get_closest_marker("large")
    if not pure or _MEASURED not in item.config.stash:
        yield
        return
    with item.config.stash[_MEASURED].collect(), _first_examples(item):
        yield


@contextmanager
def _first_examples(item: pytest.Item) -> Generator[None]:
    """Measure the first examples of a law, and all of another test."""
    law = getattr(getattr(item, "obj", None), "hypothesis", None)
    if law is None:
        yield
        return
    tried, law.inner_test = law.inner_test, _few_measured(law.inner_test)
    try:
        yield
    finally:
        law.inner_test = tried


def _few_measured(test: Callable[..., object]) -> Callable[..., object]:
    tried = iter(range(FEW + 1))

    @wraps(test)
    def counted(*given: object, **named: object) -> object:
        if next(tried, None) == FEW:
            for each in after_few:
                each()
        return test(*given, **named)

    return counted


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the file of this process."""
    if _MEASURED in session.config.stash:
        session.config.stash[_MEASURED].stop()
        session.config.stash[_MEASURED].save()
