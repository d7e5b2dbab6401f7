"""The interface of a store, which holds one document of bytes and never loses a write."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from reconciler.values import dataclass

if TYPE_CHECKING:
    from reconciler.files.atomic_file import OwnFile


@dataclass(frozen=True)
class Stored:
    """The bytes in a store, and their version. A write must name the version that it replaces.

    `tag` is what the store calls exactly these bytes, for a conditional read. It is empty if the store cannot compare.
    """

    data: bytes
    version: str
    tag: str = ""


class Store(Protocol):
    """A store of one state, as bytes. Compare-and-swap makes writes safe. The lock only avoids conflicts.

    Every method raises `Failed` with one of these codes: `STATE_UNREADABLE`, `STATE_UNWRITABLE`, `STATE_CHANGED`,
    `STATE_LOCKED`, or `STORE_REFUSED` if the store rejects the credentials or a right is missing.
    """

    @property
    def place(self) -> str:
        """The location of the state for messages, without a password or token."""
        ...

    @property
    def url(self) -> str:
        """The URL for `open_store`. The URL is valid from any directory and contains no password."""
        ...

    @property
    def undo(self) -> str:
        """The hint that says how to repair a broken state, whether or not a previous version exists."""
        ...

    @property
    def is_shared(self) -> bool:
        """Return whether other machines use the store. The resources of this machine are then in its ledger."""
        ...

    @property
    def is_closed(self) -> bool:
        """Return whether the store cannot read or write, because `--offline` opens no connection."""
        ...

    @property
    def file(self) -> OwnFile | None:
        """The file of the state. The value is None if the state is not a file on this machine."""
        ...

    def read(self, soon: bool = False, known: Stored | None = None) -> Stored | None:
        """Return the stored state. Return None if there is no state. Nothing is created.

        `soon` says that a write may follow within seconds, so that a store may keep its connection for it. `known` is
        an earlier result. If the store says that it still has these bytes, it need not send them, and `known` is the
        result.
        """
        ...

    def write(self, data: bytes, expected: str | None, previous: bytes | None = None) -> str:
        """Replace the version `expected` of the state completely, or change nothing. Return the new version.

        If `expected` is None, there is no state yet. A store that keeps a backup saves `previous` as the backup. If
        `previous` is None, the store saves the bytes that are replaced.
        """
        ...

    def lock(self) -> AbstractContextManager[None]:
        """Hold the lock during the context, at least until a write is done.

        Raise `Failed` with the holder if another run holds the lock. If the holder is killed, the lock ends within a
        minute.
        """
        ...

    def holder(self) -> str | None:
        """Return the holder of the lock, and the time when the lock was taken.

        Return None if the lock is free or the holder is unknown.
        """
        ...

    def unlock(self) -> str | None:
        """Break the lock of any holder. Return the holder and the time, or None if the lock was free."""
        ...
