"""The number of examples of a law: few by hand, all in CI (`GWCTL_TEST_LAWS=full`)."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

QUICK = 30
USUAL = 100  # of a law that says nothing else

# A busy machine must not fail a law: nothing is timed. CI tries the same examples each time; whoever runs the tests by
# hand tries others, and finds what those do not.
_ALL = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("full", _ALL, max_examples=USUAL, derandomize=True)
settings.register_profile("quick", _ALL, max_examples=QUICK)


def profile() -> str:
    """The profile's name that the environment asks for."""
    return "full" if os.environ.get("GWCTL_TEST_LAWS") == "full" else "quick"


def examples(number: int, parent: settings | None = None) -> settings:
    """The settings of a law that wants that many in CI; by hand as many as any other."""
    return settings(parent or settings.default, max_examples=number if profile() == "full" else min(number, QUICK))
