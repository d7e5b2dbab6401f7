"""The `s3`, `gs` and `az` stores, which replace an object with conditional writes.

The lock and the backup are further objects beside the state.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.errors import Failed
from reconciler.identity import who
from reconciler.secrets.binding import Binding
from reconciler.state.stores import errors
from reconciler.state.stores.credential import require
from reconciler.state.stores.objects.errors import ObjectFault
from reconciler.state.stores.objects.lock import FREE, Lease
from reconciler.state.stores.objects.settings import credential_of, find
from reconciler.state.stores.store import Stored

if TYPE_CHECKING:
    from reconciler.state.stores.objects.bucket import Bucket

_LOOK = "either check the bucket, the region and the endpoint, or use another store with `state:` or --state"


def canonical(place: str) -> str:
    """Return the recorded URL unchanged, because every version of gwctl records it as written."""
    return place


def opened(url: str, _directory: Path, environ: Mapping[str, str], binding: Binding | None) -> ObjectStore:
    """Return the store for the URL. The store sends no request before its first use."""
    return ObjectStore(url, environ, binding=binding)


class ObjectStore:
    """A state in one object. The server must support conditional writes, as S3, GCS and Azure do."""

    is_shared = True
    is_closed = False
    file = None

    def __init__(
        self,
        url: str,
        environ: Mapping[str, str],
        lease: float = 60,
        patience: float = 10,
        binding: Binding | None = None,
    ) -> None:
        try:
            from reconciler.state.stores.objects.bucket import Bucket
        except ImportError:
            raise errors.not_installed(url.partition(":")[0], "obstore", "objects") from None
        try:
            self._at = find(url, environ)
        except ValueError as fault:
            raise errors.misunderstood(url, str(fault)) from None
        require(credential_of(url, environ), binding)
        self._url = url
        self._who = who(environ)
        self._lease = lease
        self._bucket: Bucket = Bucket(self._at, patience)
        self._read: Stored | None = None  # the last state that was read, for the backup

    @property
    def place(self) -> str:
        """The URL of the state. The URL contains no secret."""
        return self._url

    @property
    def url(self) -> str:
        """The URL of the state."""
        return self._url

    @property
    def undo(self) -> str:
        """The hint that says how to restore the backup object."""
        key = self._at.key
        copy = f"copy the object {key}.backup over the object {key} to restore the state before the last change"
        return f"{copy}; if there is no backup, delete the state and apply again"

    def read(self, soon: bool = False, known: Stored | None = None) -> Stored | None:
        """Return the state in the object. Return None if there is no object.

        On S3 and Azure, the ETag is the version. On GCS, bytes that are written again keep their ETag and get a new
        version. A write over the known version is refused then, and nothing is lost.
        """
        from reconciler.state.stores.objects.bucket import Unchanged

        with self._translated(errors.unreadable):
            try:
                stored = self._bucket.get(self._at.key, known.tag if known else "")
                self._read = Stored(stored.data, stored.version, stored.tag) if stored else None
            except Unchanged:
                self._read = known
        return self._read

    def write(self, data: bytes, expected: str | None, previous: bytes | None = None) -> str:
        """Replace the object if it has the version `expected`."""
        with self._translated(errors.unwritable, is_write=True):
            if previous is not None:  # first: after a kill, the next run finds the old state and repeats both writes
                self._keep(previous)
            version = self._bucket.replace(self._at.key, data, expected)
        if previous is None and self._read and self._read.version == expected:
            with suppress(ObjectFault):  # the backup is optional: the write has succeeded
                self._keep(self._read.data)
        return version

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the lock during the context, and renew the lock. The lock is an object beside the state."""
        lease = self._leased()
        if self._read:
            lease.free = self._bucket.version_with(FREE, self._read.data, self._read.version)
        with self._translated(errors.unwritable):
            lease.take()
        try:
            yield
        finally:
            lease.let_go()

    def holder(self) -> str | None:
        """Return the holder of the lock from the lock object. Return None if the lock is free."""
        with self._translated(errors.unreadable):
            return self._leased().holder()

    def unlock(self) -> str | None:
        """Break the lock of any holder."""
        with self._translated(errors.unwritable):
            return self._leased().break_it()

    def _keep(self, data: bytes) -> None:
        self._bucket.keep(f"{self._at.key}.backup", data)

    def _leased(self) -> Lease:
        return Lease(self._bucket, f"{self._at.key}.lock", self._who, self._lease)

    @contextmanager
    def _translated(self, failed: errors.Failing, is_write: bool = False) -> Iterator[None]:
        """Raise the faults of this store as `Failed`, with the words that all kinds of store use."""
        from reconciler.state.stores.objects.bucket import Conflict

        try:
            yield
        except Conflict:
            raise errors.changed(self.place) from None
        except errors.LockHeld as fault:
            hint = (
                "run the command again when the other run has ended; the lock of a killed run expires within a minute"
            )
            raise errors.locked(self.place, fault.who, hint) from None
        except ObjectFault as fault:
            if is_write and fault.sent and not fault.refused:
                raise errors.uncertain(self.place, fault.why) from None
            raise self._failed(fault, failed) from None

    def _failed(self, fault: ObjectFault, failed: errors.Failing) -> Failed:
        if fault.refused:
            return errors.refused(self.place, fault.why, self._at.kind.hint)
        return failed(self.place, fault.why, _LOOK)
