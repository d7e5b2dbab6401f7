"""The check of file modes: which other users may read or write a file."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from reconciler.files import read_file

HAS_MODES = os.name == "posix"
_READ = stat.S_IRGRP | stat.S_IROTH
_WRITE = stat.S_IWGRP | stat.S_IWOTH


def shared(path: Path) -> str:
    """Return the worse of `written` and `read` by others, and by whom; empty for none, or without a file."""
    if not HAS_MODES:
        return ""
    mode = read_file.mode_of(path) or 0
    if mode & _WRITE and not (stat.S_ISDIR(mode) and mode & stat.S_ISVTX):  # as in /tmp: nobody replaces another's file
        return "written"
    return "read" if mode & _READ else ""


def mode_of(path: Path) -> str:
    """The mode as `chmod` takes it."""
    return f"{stat.S_IMODE(read_file.mode_of(path) or 0):04o}"
