"""The random wait of `gwctl apply --jitter`, which spreads runs that a scheduler starts in the same second."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import click

from reconciler.cli.usage.fault import UsageFault

if TYPE_CHECKING:
    from reconciler.cli.console.output import Output

_LONGEST = 24 * 3600.0  # seconds
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}


def longest_wait(_context: click.Context, _option: click.Parameter, value: str | None) -> float | None:
    """Return the seconds of a time such as 30s, 15m or 1h. Reject a time of more than 24 hours."""
    if value is None:
        return None
    match = re.fullmatch(r"([1-9][0-9]{0,4})([smh])", value)
    seconds = int(match[1]) * _UNITS[match[2]] if match else 0.0
    if not 0 < seconds <= _LONGEST:
        raise click.BadParameter("write a number with s, m or h (at most 24h), such as 15m")
    return seconds


def wait(longest: float, is_unattended: bool, output: Output) -> None:
    """Wait a random time of at most `longest` seconds, and say how long. Refuse to let a person wait.

    gwctl has opened nothing yet, so a signal during the wait ends the run at once, with nothing to clean up.
    """
    if not is_unattended:
        raise UsageFault("--jitter is only for an apply that asks nobody", "remove --jitter, or add --auto-approve")
    import random

    seconds = random.uniform(0, longest)  # noqa: S311 - to spread the runs, not to hide anything
    output.talk(f"waiting {seconds:.0f} s before the apply (--jitter)")
    time.sleep(seconds)
