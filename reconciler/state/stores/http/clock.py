"""The clock for the age of a lock on a state server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_ROUNDING = timedelta(seconds=2)  # a Date header counts whole seconds


class ServerClock:
    """The server's time, from the Date headers of its responses.

    A machine with a wrong clock therefore does not break a lock that another run holds.
    """

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        """Return the server's time."""
        return datetime.now(UTC) + self._ahead

    def set_by(self, date: str | None, asked: datetime) -> bool:
        """Set the clock by a Date header. Return whether the clock was wrong before."""
        moment = _moment(date)
        if moment is None or asked - _ROUNDING <= moment <= self.now() + _ROUNDING:
            return False
        self._ahead = moment - datetime.now(UTC)
        return True


def _moment(date: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(date or "")
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
