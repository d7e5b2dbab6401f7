"""The random wait of `gwctl apply --jitter`, which spreads runs that a scheduler starts in the same second."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from reconciler.cli.console.output import Output


def longest_wait(_context: click.Context, _option: click.Parameter, value: str | None) -> int | None:
    """Return the seconds of a time such as 30s, 15m or 1h. Reject a time of more than 24 hours."""
    if value is None:
        return None
    from reconciler.cli.usage.durations import seconds_of

    return seconds_of(value, "24h")


def wait(longest: float, output: Output) -> None:
    """Wait a random time of at most `longest` seconds. Say how long, unless it is less than a second.

    gwctl has no file and no connection open, so a signal during the wait ends the run at once.
    """
    import random

    seconds = random.uniform(0, longest)  # noqa: S311 - to spread the runs, not to hide anything
    if seconds >= 1:
        output.talk(f"waiting {seconds:.0f} s before the apply (--jitter)")
    time.sleep(seconds)
