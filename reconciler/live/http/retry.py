"""The HTTP statuses that are retried, and the wait before a retry."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

RETRIED = frozenset({429, 502, 503, 504})
_FIRST_WAIT = 0.2  # seconds; doubled for each retry, with jitter so that clients do not retry at the same moment


def wait_before_next(retry_after: str | None, attempt: int, remaining: float) -> float | None:
    """Return the seconds to wait after try number `attempt`. Return None if the wait is longer than `remaining`."""
    asked = seconds_of(retry_after, datetime.now(UTC)) if retry_after else None
    wait = asked if asked is not None else _FIRST_WAIT * 2 ** (attempt - 1) * random.uniform(0.8, 1.2)  # noqa: S311
    return wait if wait < remaining else None


def seconds_of(retry_after: str, now: datetime) -> float | None:
    """Return a Retry-After header (RFC 9110, 10.2.3) as seconds from `now`. Return None if the text is not valid."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
