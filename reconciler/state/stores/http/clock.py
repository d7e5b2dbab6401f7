"""The clock for the age of a lock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_ROUNDING = timedelta(seconds=2)  # a Date header counts whole seconds


class ServerClock:
    """The server's time, from its Date headers. So a machine with a wrong clock does not break a held lock."""

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
