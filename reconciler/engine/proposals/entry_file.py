"""The file of the entry page. The file is in the ledger's directory, and only this user can read the file."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import suppress

from reconciler import codes
from reconciler.diagnostics import error
from reconciler.errors import Failed
from reconciler.files.atomic_file import OwnFile
from reconciler.files.fault import FileFault
from reconciler.ledger.database import NOWHERE
from reconciler.ledger.locate import ledger_path
from reconciler.ledger.messages import no_place
from reconciler.text import printable

_MARK = b'<!doctype html>\n<html lang="en">\n<!-- gwctl ui -->'


class EntryFile:
    """One entry page on the disk. The file exists until the browser has used the code in it, or until the server ends.

    Raise `Failed` if this machine has no directory for the file, or if other users can write to the directory.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        ledger = ledger_path(environ)
        if ledger == NOWHERE:
            raise Failed(no_place())
        self.path = ledger.parent.resolve() / f"ui-{secrets.token_hex(8)}.html"

    def write(self, page: str) -> None:
        """Write the file with mode 0600. Raise `Failed` if the file cannot be written."""
        own = OwnFile(self.path)
        try:
            own.make_folder()
            own.replace(page.encode(), _is_entry, len(_MARK))
        except OSError as fault:
            summary = f"Cannot write the entry page: {printable(str(self.path))}: {fault.strerror}"
            hint = "check the directory and its permissions"
            raise Failed(error(codes.FILE_UNWRITABLE, summary, detail="Nothing was done.", hint=hint)) from None

    def remove(self) -> None:
        """Delete the file if possible. A remaining file does no harm, because the code in it is no longer valid."""
        with suppress(FileFault, OSError):
            OwnFile(self.path).remove(_is_entry, len(_MARK))


def _is_entry(beginning: bytes) -> bool:
    return beginning == _MARK
