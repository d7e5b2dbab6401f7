"""The check of file modes: whether other users can read or write a file."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from reconciler.files import read_file

HAS_MODES = os.name == "posix"
_READ = stat.S_IRGRP | stat.S_IROTH
_WRITE = stat.S_IWGRP | stat.S_IWOTH


def shared(path: Path) -> str:
    """Return `written` if other users can write the file, `read` if they can only read the file, else an empty text."""
    if not HAS_MODES:
        return ""
    mode = read_file.mode_of(path) or 0
    if mode & _WRITE and not (stat.S_ISDIR(mode) and mode & stat.S_ISVTX):  # the sticky bit, as in /tmp, prevents that
        return "written"
    return "read" if mode & _READ else ""


def mode_of(path: Path) -> str:
    """Return the file's mode in octal, as a number for `chmod`."""
    return f"{stat.S_IMODE(read_file.mode_of(path) or 0):04o}"
