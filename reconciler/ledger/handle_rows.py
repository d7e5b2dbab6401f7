"""The ledger's rows of handles. A client uses a handle to request the key of an endpoint.

A handle is not a secret. It identifies the client, so gwctl can list the handle with its last use, and revoke the
handle.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.identity import now
from reconciler.ledger.database import LedgerFile
from reconciler.values import dataclass

if TYPE_CHECKING:
    import sqlite3

_LETTERS = 6  # base32 letters; two handles of one endpoint are equal once in a billion
_MINUTE = len("2026-01-31T23:59")
_COLUMNS = "handle, stack, client, endpoint, made, used, revoked"


@dataclass(frozen=True, kw_only=True)
class Handle:
    """A handle, the client whose file contains the handle, and the endpoint. Times are in UTC."""

    handle: str
    stack: str  # the stack's ID
    client: str
    endpoint: str
    made: str = ""
    used: str = ""  # "": never
    revoked: str = ""  # "": the handle is valid


class HandleRows:
    """The rows of handles in one ledger. Every method raises `Failed` (`LEDGER_…`)."""

    def __init__(self, path: Path) -> None:
        self._file = LedgerFile(path)

    def read(self, stack: str | None = None) -> tuple[Handle, ...]:
        """Return the handles of the stack. If `stack` is None, return the handles of all stacks.

        Return an empty tuple if there is no ledger.
        """
        if not self._file.is_there():
            return ()
        with self._file.open() as rows:
            found = [_handle(*row) for row in rows.execute(f"SELECT {_COLUMNS} FROM handle ORDER BY handle")]  # noqa: S608
            return tuple(handle for handle in found if stack in (None, handle.stack))

    def make(self, stack: str, client: str, endpoint: str) -> Handle:
        """Return the client's handle for the endpoint. If no handle is recorded, record a new handle.

        The stack must be in the ledger (`Trust.register`).
        """
        handle = Handle(
            handle=handle_of(stack, client, endpoint), stack=stack, client=client, endpoint=endpoint, made=now()
        )
        with self._file.open(writing=True) as rows:
            rows.execute(
                "INSERT INTO handle VALUES (?, ?, ?, ?, ?, '', '') ON CONFLICT DO NOTHING",
                (handle.handle, stack, client, endpoint, handle.made),
            )
            return _at(rows, stack, client, endpoint)

    def forget(self, stack: str, client: str) -> None:
        """Delete the handles of a client whose file gwctl no longer writes."""
        with self._file.open(writing=True) as rows:
            rows.execute("DELETE FROM handle WHERE stack=? AND client=?", (stack, client))

    def use(self, handle: Handle) -> None:
        """Record when a key was last printed for the handle. The time is exact to the minute.

        Raise `Failed` immediately if another run is writing.
        """
        at = now()
        if handle.used[:_MINUTE] == at[:_MINUTE]:
            return
        with self._file.open(writing=True, patience=0) as rows:
            where = (handle.stack, handle.client, handle.endpoint)
            rows.execute("UPDATE handle SET used=? WHERE stack=? AND client=? AND endpoint=?", (at, *where))

    def revoke(self, handle: Handle, undo: bool = False) -> None:
        """Record that the handle is revoked, so that no key is printed for the handle.

        With `undo`, make the handle valid again.
        """
        with self._file.open(writing=True) as rows:
            where = (handle.stack, handle.client, handle.endpoint)
            rows.execute(
                "UPDATE handle SET revoked=? WHERE stack=? AND client=? AND endpoint=?", ("" if undo else now(), *where)
            )


def handle_of(stack: str, client: str, endpoint: str) -> str:
    """Return the client's handle for the endpoint, in the form `ENDPOINT@xxxxxx`.

    The same client and endpoint always have the same handle.
    """
    import base64
    import hashlib

    digest = hashlib.sha256("\0".join((stack, client, endpoint)).encode()).digest()
    return f"{endpoint}@{base64.b32encode(digest[:5]).decode().lower()[:_LETTERS]}"


def _at(rows: sqlite3.Connection, stack: str, client: str, endpoint: str) -> Handle:
    where = (stack, client, endpoint)
    row = rows.execute(
        f"SELECT {_COLUMNS} FROM handle WHERE stack=? AND client=? AND endpoint=?",  # noqa: S608 - constant
        where,
    ).fetchone()
    return _handle(*row)


def _handle(handle: str, stack: str, client: str, endpoint: str, made: str, used: str, revoked: str) -> Handle:
    return Handle(handle=handle, stack=stack, client=client, endpoint=endpoint, made=made, used=used, revoked=revoked)
