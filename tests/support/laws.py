"""The number of examples for each law.

A local run tries some examples, CI tries all of them (`GWCTL_TEST_LAWS=full`), and who measures the coverage by hand
tries few (`few`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
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
    """Return the name of the profile in the environment."""
    named = os.environ.get("GWCTL_TEST_LAWS", "")
    return named if named in _MOST else "quick"


def examples(number: int, parent: settings | None = None) -> settings:
    """Return the settings of a law with this number of examples in CI. Other profiles may allow fewer examples."""
    return settings(parent or settings.default, max_examples=min(number, _MOST[profile()] or number))


V = TypeVar("V")
after_few: list[Callable[[], None]] = []  # what is called after the first values or examples, by whoever measures those


def fewer(values: Sequence[V], number: int) -> Iterator[V]:
    """Yield all values. With the profile `few`, yield the first of them, which are different for each case number."""
    step = max(1, len(values) // FEW)
    yield from values[number % step :: step]
    for each in after_few:
        each()
    if profile() != "few":
        yield from (value for at, value in enumerate(values) if at % step != number % step)
