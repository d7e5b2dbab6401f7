"""The places that every store's contract is tried on; one line for each store."""

from __future__ import annotations

from typing import Any

import pytest

from tests.state.places.place import Place

# By the fixture `NAME_place`, which gives a fresh one, and whose module is among the plugins of tests/conftest.py.
# All that meet one server run in one process.
LOCAL = ["file"]
REMOTE = ["postgresql", "s3", "gs", "az", "http", "gitlab"]


def _group(name: str) -> Any:
    real = [pytest.mark.real] if name in ("postgresql", "s3", "az") else []
    return pytest.param(name, marks=[pytest.mark.xdist_group(f"store-{name}"), *real])


@pytest.fixture(params=[*LOCAL, *map(_group, REMOTE)])
def place(request: pytest.FixtureRequest) -> Place:
    """A fresh place of each store."""
    return request.getfixturevalue(f"{request.param}_place")


@pytest.fixture(params=list(map(_group, REMOTE)))
def remote(request: pytest.FixtureRequest) -> Place:
    """A fresh place of each store that has a server."""
    return request.getfixturevalue(f"{request.param}_place")
