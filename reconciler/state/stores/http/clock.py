"""The time by which the age of a lock is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_ROUNDING = timedelta(seconds=2)  # a Date header counts whole seconds


class ServerClock:
    """The server's time, estimated from its answers. A machine with a wrong clock then breaks no lock that is held."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        """The time there."""
        return datetime.now(UTC) + self._ahead

    def set_by(self, date: str | None, asked: datetime) -> bool:
        """Set the clock by a Date header; return True if it was wrong until now."""
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
