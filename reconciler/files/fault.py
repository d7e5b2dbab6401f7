"""The reasons why a file cannot be used, for messages."""

from __future__ import annotations

import errno
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from reconciler.errors import GatewayError

Kind = Literal["directory", "special", "link", "large", "name", "foreign", "owner", "changed", "read-only"]

_SPECIAL = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class FileFault(GatewayError, OSError):
    """A path that cannot be read or written as a file. `strerror` is a message for the user. `kind` is for code."""

    def __init__(self, kind: Kind, why: str, path: Path) -> None:
        super().__init__(errno.EINVAL, why, str(path))
        self.kind = kind
        self.why = why


def check_regular(mode: int, path: Path) -> None:
    """Raise `FileFault` if the mode is not the mode of a regular file."""
    if stat.S_ISDIR(mode):
        raise FileFault("directory", "the path is a directory", path)
    if stat.S_ISLNK(mode):
        raise FileFault("link", "the path is a symbolic link", path)
    if not stat.S_ISREG(mode):
        what = _SPECIAL.get(stat.S_IFMT(mode), "something special")
        raise FileFault("special", f"the path is {what}, not a regular file", path)


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Raise `FileFault` if no file can have the path. If an OSError in the `with` block has no path, add the path."""
    try:
        yield
    except ValueError:
        raise FileFault("name", "the file name is not valid", path) from None
    except OSError as fault:
        if fault.filename is None:
            fault.filename = str(path)
        raise
