"""The lock of an object store: an object beside the state. The lock object names the holder and expires after a minute.

The lock is taken, renewed and released only by conditional writes, so no run can take another run's lock. The lock
object is never deleted, because a delete has no condition. If a run is killed, the lock is no longer renewed, and the
next run takes it.
"""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from reconciler.identity import now
from reconciler.state.stores.errors import LockHeld
from reconciler.state.stores.objects.errors import ObjectFault
from reconciler.text import printable

if TYPE_CHECKING:
    from reconciler.state.stores.objects.bucket import Bucket, StoredObject

_TRIES = 5  # attempts while other runs take and release the lock at the same time
FREE = b'{"held": false}\n'


class Lease:
    """The lock object with one holder. Without a renewal, the lock expires after `seconds`.

    `free` is the version of a lock object that nobody holds, if this version is known.
    """

    def __init__(self, bucket: Bucket, key: str, who: str, seconds: float) -> None:
        self._bucket, self._key, self._who, self._seconds = bucket, key, who, seconds
        self._version = ""
        self.free: str | None = None
        self._over = threading.Event()
        self._renewing = threading.Thread(target=self._renew, daemon=True)

    def take(self) -> None:
        """Take the lock, and renew the lock in a thread. Raise `LockHeld` if another run holds the lock."""
        self._body = json.dumps({"held": True, "who": self._who, "since": now()}).encode()
        self._version = self._put_over_nobody(self._body)
        self._renewing.start()

    def let_go(self) -> None:
        """Release the lock. If the request fails, the lock expires within a minute."""
        from reconciler.state.stores.objects.bucket import Conflict

        self._over.set()
        self._renewing.join()
        with suppress(ObjectFault, Conflict):
            self._bucket.replace(self._key, FREE, self._version)

    def holder(self) -> str | None:
        """Return the holder and the time. Return None if the lock is free."""
        stored = self._bucket.get(self._key)
        return self._holder(stored) if stored else None

    def break_it(self) -> str | None:
        """Break the lock of any holder. Return the holder and the time, or None if the lock was free."""
        from reconciler.state.stores.objects.bucket import Conflict

        for _ in range(_TRIES):
            stored = self._bucket.get(self._key)
            who = self._holder(stored) if stored else None
            if stored is None or who is None:
                return None
            with suppress(Conflict):
                self._bucket.replace(self._key, FREE, stored.version)
                return who
        raise LockHeld(who)

    def _put_over_nobody(self, body: bytes) -> str:
        from reconciler.state.stores.objects.bucket import Conflict

        if self.free:  # saves a request: the condition itself says that nobody holds the lock
            with suppress(Conflict):
                return self._bucket.replace(self._key, body, self.free)
        for _ in range(_TRIES):
            stored = self._bucket.get(self._key)
            who = self._holder(stored) if stored else None
            if who is not None:
                raise LockHeld(who)
            with suppress(Conflict):
                version = self._bucket.replace(self._key, body, stored.version if stored else None)
                return version if stored else self._proved(body, version)
        raise LockHeld(None)

    def _proved(self, body: bytes, version: str) -> str:
        """Test that the server checks the conditions of writes. Return the new version of the lock object.

        Raise `ObjectFault` if the server ignores conditions, because changes could then be lost. The test is made only
        for the first lock of a state.
        """
        from reconciler.state.stores.objects.bucket import Conflict

        current = self._bucket.replace(self._key, body + b"\n", version)
        for stale in (None, version):
            try:
                self._bucket.replace(self._key, body, stale)
            except Conflict:
                continue
            raise ObjectFault("the server ignores conditional writes, so concurrent applies could overwrite each other")
        return current

    def _renew(self) -> None:
        from reconciler.state.stores.objects.bucket import Conflict

        while not self._over.wait(self._seconds / 3):
            try:
                self._version = self._bucket.replace(self._key, self._body, self._version)
            except Conflict:
                return  # somebody broke the lock; the state's compare-and-swap still keeps writes safe
            except ObjectFault:
                continue  # there is time for another attempt

    def _holder(self, stored: StoredObject) -> str | None:
        if (datetime.now(UTC) - stored.changed).total_seconds() > self._seconds:
            return None
        try:
            document = json.loads(stored.data)
            if document["held"] is False:
                return None
            return f"{printable(str(document['who']))} since {printable(str(document['since']), 40)}"
        except (ValueError, KeyError, TypeError):
            return "somebody"
