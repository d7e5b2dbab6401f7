"""The interface of a store, which holds one document of bytes and never loses a write."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from reconciler.files.atomic_file import OwnFile


@dataclass(frozen=True)
class Stored:
    """The bytes in a store, and their version, which a write must name to replace them."""

    data: bytes
    version: str


class Store(Protocol):
    """A store of one state, as bytes. Compare-and-swap makes writes safe; the lock only avoids conflicts.

    Every method raises `Failed`: `STATE_UNREADABLE`, `STATE_UNWRITABLE`, `STATE_CHANGED`, `STATE_LOCKED`, or
    `STORE_REFUSED` if the store rejects the credentials or a right is missing.
    """

    @property
    def place(self) -> str:
        """The location of the state for messages, without a password or token."""
        ...

    @property
    def url(self) -> str:
        """The URL for `open_store`, valid from any directory, without a password."""
        ...

    @property
    def undo(self) -> str:
        """The hint on how to repair a broken state, with and without the previous version."""
        ...

    @property
    def is_shared(self) -> bool:
        """Return whether other machines use the store. The resources of one machine are then in its ledger."""
        ...

    @property
    def is_closed(self) -> bool:
        """Return whether nothing can be read or written, because `--offline` opens no connection."""
        ...

    @property
    def file(self) -> OwnFile | None:
        """The file of the state; None if the state is not a file on this machine."""
        ...

    def read(self) -> Stored | None:
        """Return the stored state; None if there is none. Create nothing."""
        ...

    def write(self, data: bytes, expected: str | None, previous: bytes | None = None) -> str:
        """Replace the version `expected` (None: there is no state yet), whole or not at all. Return the new version.

        If the store keeps a backup, the backup is `previous`, or the replaced bytes if `previous` is None.
        """
        ...

    def lock(self) -> AbstractContextManager[None]:
        """Hold the lock during the context. Raise `Failed` with the holder if another run has the lock.

        If the holder is killed, the lock ends within a minute.
        """
        ...

    def holder(self) -> str | None:
        """Return the holder of the lock and the time; None if the lock is free or the holder is unknown."""
        ...

    def unlock(self) -> str | None:
        """Break the lock, whoever holds it. Return the holder and the time; None if the lock was free."""
        ...
