"""Durations on the command line: one form and one fault for --jitter, --max-age and --quiet-time."""

from __future__ import annotations

import click
import pytest

from reconciler.cli.usage.durations import seconds_of, written

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1s", 1), ("90s", 90), ("30m", 1800), ("12h", 43200), ("1d", 86400), ("24h", 86400), ("86400s", 86400)],
)
def test_a_number_and_a_unit_are_a_duration(text: str, seconds: int) -> None:
    assert seconds_of(text, "24h") == seconds == seconds_of(text, "9999d", or_zero=True)
    assert seconds_of(written(seconds), "24h") == seconds


@pytest.mark.parametrize(("seconds", "text"), [(1, "1s"), (90, "90s"), (1800, "30m"), (5400, "90m"), (172800, "2d")])
def test_a_duration_is_written_with_its_largest_unit(seconds: int, text: str) -> None:
    assert written(seconds) == text


@pytest.mark.parametrize(
    "text", ["", "0", "0s", "10", "-1s", "1.5h", "1 h", "1H", "1w", "01h", "24h ", "24h\n", "25h", "86401s", "2d", "٣s"]
)
def test_every_other_text_has_the_same_fault(text: str) -> None:
    with pytest.raises(click.BadParameter, match=r"^write a number with s, m, h or d \(at most 24h\), such as 15m"):
        seconds_of(text, "24h")


def test_zero_is_a_duration_where_an_option_says_so() -> None:
    assert seconds_of("0", "9999d", or_zero=True) == 0
    with pytest.raises(click.BadParameter, match=r"^write 0, or a number with s, m, h or d \(at most 9999d\)"):
        seconds_of("0h", "9999d", or_zero=True)
