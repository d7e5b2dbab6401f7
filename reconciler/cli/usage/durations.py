"""Durations on the command line, such as 90s, 30m, 12h or 2d."""

from __future__ import annotations

import re

import click

_SIZES = {"d": 86400, "h": 3600, "m": 60, "s": 1}  # seconds, the largest first


def seconds_of(text: str, longest: str, or_zero: bool = False) -> int:
    """Return the seconds of a duration from 1s to `longest`. With `or_zero`, 0 is a duration too.

    Raise `click.BadParameter` for any other text.
    """
    if or_zero and text == "0":
        return 0
    seconds = _seconds(text)
    if not 0 < seconds <= _seconds(longest):
        zero = "0, or " if or_zero else ""
        raise click.BadParameter(f"write {zero}a number with s, m, h or d (at most {longest}), such as 15m or 12h")
    return seconds


def written(seconds: int) -> str:
    """Return the duration with the largest unit that divides it, such as 30m for 1800 seconds."""
    return next(f"{seconds // size}{unit}" for unit, size in _SIZES.items() if seconds % size == 0)


def _seconds(text: str) -> int:
    match = re.fullmatch(r"([1-9][0-9]{0,4})([smhd])", text)
    return int(match[1]) * _SIZES[match[2]] if match else 0
