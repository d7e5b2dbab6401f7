"""The lock of Terraform's HTTP protocol: how gwctl takes, releases and breaks the lock."""

from __future__ import annotations

import time
from contextlib import suppress

from reconciler.errors import Failed
from reconciler.state.stores import errors
from reconciler.state.stores.http.clock import ServerClock
from reconciler.state.stores.http.lock_info import LockInfo, fresh, told
from reconciler.state.stores.http.requests import HttpCalls, status_of
from reconciler.state.stores.http_exchange import HttpReply, NoAnswer
from reconciler.values import dataclass

_SEVERAL = 207  # WebDAV: a part of the request failed (RFC 4918, 9.10.6)
_SECONDS = 10.0  # for taking or releasing a lock
_NO_LOCKS = (400, 404, 405, 501)  # answers of a server that does not know the method or the address
_TAKEN = (409, 423)
_LOCKING = (
    "use a server with locks; for another address or method, set GWCTL_HTTP_LOCK_ADDRESS or GWCTL_HTTP_LOCK_METHOD"
)


@dataclass
class OwnLock:
    """A lock that this run holds."""

    info: LockInfo
    since: float  # by the machine's clock; a monotonic clock would stop while a laptop sleeps
    stays: bool = False  # do not release the lock but let it expire, because a write may still arrive

    @property
    def age(self) -> float:
        """The age in seconds since the request for the lock was sent."""
        return time.time() - self.since


class HttpLockHeld(errors.LockHeld):
    """Another run holds the lock. `info` is the lock info that the server returned."""

    def __init__(self, info: LockInfo) -> None:
        super().__init__(info.words())
        self.info = info


class HttpHolding:
    """The lock requests for one state.

    A lock of gwctl expires after `lease` seconds. A lock of another tool does not expire.
    """

    def __init__(self, place: str, calls: HttpCalls, who: str, lease: float) -> None:
        self._place = place
        self._calls = calls
        self._who = who
        self._lease = lease
        self._clock = ServerClock()

    def take(self) -> OwnLock:
        """Take the lock. If another run's lock has expired, break the expired lock first.

        Raise `HttpLockHeld` if another run holds the lock.
        """
        try:
            return self._asked()
        except HttpLockHeld as other:
            if not other.info.is_dead(self._clock.now(), self._lease):
                raise
            self._unlock(other.info)
        return self._asked()

    def release(self, held: OwnLock) -> None:
        """Release the lock. If the request fails, the lock expires later."""
        if not held.stays:
            with suppress(NoAnswer, Failed):
                self._calls.unlock(held.info, _SECONDS)

    def look(self) -> LockInfo | None:
        """Return the lock info of the present lock. Return None if the lock is free or expired. No lock is broken."""
        try:
            self.release(self._asked())
        except HttpLockHeld as other:
            return None if other.info.is_dead(self._clock.now(), self._lease) else other.info
        return None

    def break_it(self) -> LockInfo | None:
        """Break the lock of any holder. Return its lock info, or None if the lock was free."""
        try:
            self.release(self._asked())
        except HttpLockHeld as other:
            why = "" if other.info.id else "the server does not report the holder of the lock"
            if not why:
                status = self._unlock(other.info).status
                why = "" if 200 <= status < 300 else f"the lock was not removed (HTTP {status})"
            if why:
                raise errors.unwritable(self._place, why, "try again, or remove the lock on the server") from None
            return other.info
        return None

    def _asked(self) -> OwnLock:
        """Take the lock. If this machine's clock was wrong, take the lock again with the right time.

        Other runs use the time in the lock to decide whether the lock has expired.
        """
        held, was_wrong = self._once()
        if was_wrong:
            self.release(held)
            held, _ = self._once()
        return held

    def _once(self) -> tuple[OwnLock, bool]:
        began, asked = time.time(), self._clock.now()
        info = fresh(self._who, asked)
        try:
            answer = self._calls.lock(info, _SECONDS)
        except NoAnswer as fault:
            hint = (
                "check the address and the network; if the server set the lock anyway, the lock expires within a minute"
            )
            raise errors.unwritable(self._place, fault.why, hint) from None
        was_wrong = self._clock.set_by(answer.headers.get("date"), asked)
        self._look(answer, info)
        return OwnLock(info, began), was_wrong

    def _look(self, answer: HttpReply, info: LockInfo) -> None:
        """Raise `HttpLockHeld` or `Failed` if the server did not give the lock.

        The server gave the lock if the status is 2xx, or if the lock on the server has this ID. In the second case, an
        earlier attempt was successful, but its answer was lost.
        """
        if answer.status in _TAKEN:
            other = told(answer.body)
            if other.id != info.id:
                raise HttpLockHeld(other)
        elif answer.status in _NO_LOCKS:
            why = f"the server has no locks (HTTP {answer.status}), so two runs could overwrite each other's changes"
            raise errors.unwritable(self._place, why, _LOCKING)
        elif not 200 <= answer.status < 300 or answer.status == _SEVERAL:
            raise errors.unwritable(self._place, status_of(answer), "check the log of the server")

    def _unlock(self, info: LockInfo) -> HttpReply:
        try:
            return self._calls.unlock(info, _SECONDS)
        except NoAnswer as fault:
            raise errors.unwritable(self._place, fault.why, "run the command again") from None
