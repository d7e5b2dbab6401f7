"""The bytes of the last read of a shared state, in a file beside the ledger.

A store that still has these bytes need not send them again. The file saves only bytes: gwctl uses it only if the store
says that nothing has changed. If the file is missing, damaged or not private, or if it cannot be written, the store
sends the whole state.
"""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import suppress
from pathlib import Path

from reconciler.files.atomic_file import OwnFile
from reconciler.files.opened_folder import names_in, opened
from reconciler.ledger.database import NOWHERE
from reconciler.state.kinship import LARGEST
from reconciler.state.stores.store import Stored

_BEGINNING = b"gwctl last read 1\n"
_HEAD = 64 * 1024  # bytes; more than the lines before the state have
_ENDING = ".read"
_FIELDS = 4  # texts before the state: its address, its server, its version and its tag


class LastRead:
    """The file for one address of a state. `server` names the server and the credential that the store uses."""

    def __init__(self, ledger: Path, address: str, server: str = "") -> None:
        digest = hashlib.sha256(address.encode()).hexdigest()[:32]
        self._file = OwnFile(ledger.with_name(f"{ledger.name}.{digest}{_ENDING}")) if ledger != NOWHERE else None
        self._of = [address, server]

    def read(self) -> Stored | None:
        """Return the bytes of the last read. Return None if there are none, or if anything is wrong with the file."""
        if self._file is None:
            return None
        with suppress(OSError, ValueError, RecursionError):
            return self._decoded(self._file.read_private(LARGEST + _HEAD))
        return None

    def keep(self, stored: Stored) -> None:
        """Write the bytes with mode 0600, if the store can compare them later and the file can be written."""
        if self._file is None or not stored.tag:
            return
        rest = json.dumps([*self._of, stored.version, stored.tag]).encode() + b"\n" + stored.data
        with suppress(OSError):
            self._file.replace(_BEGINNING + _digest(rest) + b"\n" + rest, _is_ours, len(_BEGINNING))

    def _decoded(self, content: bytes) -> Stored | None:
        """Return the bytes, unless the file is of another store or is damaged. ValueError: it is no such file."""
        digest, _, rest = content.removeprefix(_BEGINNING).partition(b"\n")
        head, _, data = rest.partition(b"\n")
        if not content.startswith(_BEGINNING) or digest != _digest(rest):
            return None
        fields = json.loads(head)
        if not (isinstance(fields, list) and [type(each) for each in fields] == [str] * _FIELDS):
            return None  # of another version of gwctl
        *of, version, tag = fields
        return Stored(data, version, tag) if of == self._of else None


def remove_all(ledger: Path) -> None:
    """Delete the files of all addresses that gwctl wrote beside this ledger.

    The ledger does not record the earlier addresses of a state. A file that another gateway file still uses is written
    again at its next read.
    """
    with suppress(OSError), opened(ledger.parent, None) as folder:
        for name in names_in(folder, ledger.parent) or ():
            if _is_named(name, ledger.name):
                with suppress(OSError):
                    OwnFile(ledger.with_name(name)).remove(_is_ours, len(_BEGINNING))


def _is_named(name: str, ledger: str) -> bool:
    digest = name.removeprefix(f"{ledger}.").removesuffix(_ENDING)
    return name == f"{ledger}.{digest}{_ENDING}" and re.fullmatch(r"[0-9a-f]{32}", digest) is not None


def _is_ours(beginning: bytes) -> bool:
    """Return true if the bytes are the beginning of the file, or are empty: a full disk can leave an empty file."""
    return beginning in (b"", _BEGINNING)


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).hexdigest().encode()
