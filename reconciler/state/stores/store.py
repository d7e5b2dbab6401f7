"""The interface of a store: keep one document of bytes, and never lose a write."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from reconciler.files.atomic_file import OwnFile


@dataclass(frozen=True)
class Stored:
    """The bytes that a store holds, and the version that a write must name to replace them."""

    data: bytes
    version: str


class Store(Protocol):
    """A place for the state. It knows bytes only; compare-and-swap is the safety, the lock a courtesy.

    Every method raises `Failed`: `STATE_UNREADABLE`, `STATE_UNWRITABLE`, `STATE_CHANGED`, `STATE_LOCKED`, and
    `STORE_REFUSED` where the store is there and does not let us.
    """

    @property
    def place(self) -> str:
        """The location in words that may be shown: no password, no token."""
        ...

    @property
    def url(self) -> str:
        """The URL for `open_store`, valid from any directory; no password in it."""
        ...

    @property
    def undo(self) -> str:
        """The hint on how to repair a broken state: with the previous version, or without one."""
        ...

    @property
    def is_shared(self) -> bool:
        """Return whether other machines use it too: what belongs to one machine is recorded in its ledger then."""
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
        """Return the stored state; None when there is none. Creates nothing."""
        ...

    def write(self, data: bytes, expected: str | None, previous: bytes | None = None) -> str:
        """Replace version `expected` (None: nothing yet), whole or not at all; gives the new version.

        A store that keeps the version before keeps `previous` in its place, where that is given.
        """
        ...

    def lock(self) -> AbstractContextManager[None]:
        """Hold off other writers for as long as the context lasts, or say who is there.

        A lock whose holder was killed stands in nobody's way for longer than a minute.
        """
        ...

    def holder(self) -> str | None:
        """Return the lock's holder and the time; None when it is free or unknown. Takes no lock."""
        ...

    def unlock(self) -> str | None:
        """Break the lock, whoever holds it, and say who that was; None when nobody did."""
        ...
