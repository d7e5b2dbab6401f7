"""The number of examples that a law is tried with.

Some by hand, all in CI (`GWCTL_TEST_LAWS=full`), a handful where only the lines count that they reach (`few`).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

from hypothesis import HealthCheck, settings

FEW = 5
QUICK = 30
USUAL = 100  # of a law that says nothing else

# A busy machine must not fail a law: nothing is timed. CI tries the same examples each time; whoever runs the tests by
# hand tries others, and finds what those do not.
_ALL = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("full", _ALL, max_examples=USUAL, derandomize=True)
settings.register_profile("quick", _ALL, max_examples=QUICK)
settings.register_profile("few", _ALL, max_examples=FEW, derandomize=True)
_MOST = {"full": None, "quick": QUICK, "few": FEW}


def profile() -> str:
    """Return the profile's name that the environment asks for."""
    named = os.environ.get("GWCTL_TEST_LAWS", "")
    return named if named in _MOST else "quick"


def examples(number: int, parent: settings | None = None) -> settings:
    """Return the settings of a law that wants that many in CI, and at most what its profile gives elsewhere."""
    return settings(parent or settings.default, max_examples=min(number, _MOST[profile()] or number))


V = TypeVar("V")


def fewer(values: Sequence[V], number: int) -> Sequence[V]:
    """All values; where only lines count, some of them, and others for each number of a case."""
    step = max(1, len(values) // FEW) if profile() == "few" else 1
    return values[number % step :: step]
